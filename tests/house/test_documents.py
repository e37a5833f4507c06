"""What the documents tell a reader to type exists."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from farside.cli.app import app
from tests.house.sources import ROOT

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "README.zh.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
CODE = re.compile(r"^ {4}[^\n]*$|^```\w*\n.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"(?<![\w/.-])(?:\.venv/bin/)?(make|farside) ([a-z][a-z0-9_-]*)")


def typed(text: str) -> set[tuple[str, str]]:
    """Return (program, command) for each `make TARGET` and `farside COMMAND` in the code of a document."""
    return {found for code in CODE.findall(text) for found in TYPED.findall(code)}


def known() -> set[tuple[str, str]]:
    targets = re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    benchmarks = [f"bench-{path.stem}" for path in (ROOT / "bench").glob("*.py")]
    command: Any = typer.main.get_command(app)
    return {("make", name) for name in (*targets, *benchmarks, "bench-")} | {
        ("farside", name) for name in command.commands
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_in_documents_exist(document: Path) -> None:
    assert typed(document.read_text()) - known() == set()


def test_commands_are_found_in_code_alone() -> None:
    prose = "Tests make sure of it.\n\n    make test   # all\n    farside run GOAL\n\n"
    more = "Say `.venv/bin/farside models`, or\n```\nmake lint\n```\nto farside people.\n"
    assert typed(prose + more) == {("make", "test"), ("farside", "run"), ("farside", "models"), ("make", "lint")}


def test_a_command_that_does_not_exist_is_found() -> None:
    assert typed("    make sandwich\n    farside fly\n") - known() == {("make", "sandwich"), ("farside", "fly")}


def skeleton(text: str) -> list[str]:
    """Return what a translation keeps: the depth of headings, commands without their comments, rows, links."""
    kept = re.findall(r"^#+ |^ {4}[^#\n]*|^\||\]\((?!README)[^)]*\)", text, re.MULTILINE)
    return sorted(found.strip() for found in kept)


def test_the_readmes_are_in_step() -> None:
    assert skeleton((ROOT / "README.zh.md").read_text()) == skeleton((ROOT / "README.md").read_text())
