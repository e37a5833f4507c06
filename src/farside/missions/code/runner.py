"""The command that runs a repository's tests, found by what lies in it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from farside.missions.code.suite import is_python_test

NPM_NONE = "no test specified"
"""What npm writes into the script of a package without tests."""

LOOKED_INTO = 100
"""Test files at most that are read to tell which runner they are for."""

Text = Callable[[str], str]
"""Returns the text of a file by its path."""


def command_for(paths: Iterable[str], text: Text, pytest: bool) -> str:
    """Return the command that runs the tests from the top of the repository, or "" where none is found.

    `pytest` says whether it can be had; without it only tests that unittest runs are found.
    """
    known = sorted(paths)
    return (
        _python(known, text, pytest)
        or ("cargo test" if "Cargo.toml" in known else "")
        or ("go test -v ./..." if "go.mod" in known and any(path.endswith("_test.go") for path in known) else "")
        or _npm(known, text)
        or _make(known, text)
    )


def _python(paths: list[str], text: Text, pytest: bool) -> str:
    tests = [path for path in paths if is_python_test(path)]
    if not tests:
        return ""
    if wants_pytest(paths, text):
        return "python -m pytest -q" if pytest else ""
    folder = PurePosixPath(min(tests, key=lambda path: path.count("/"))).parent
    start = "" if folder == PurePosixPath(".") or f"{folder}/__init__.py" in paths else f" -s {folder}"
    return f"python -m unittest discover -v{start}"


def wants_pytest(paths: Iterable[str], text: Text) -> bool:
    """Tell whether the tests or the settings of a repository are written for pytest."""
    known = sorted(paths)
    settings = {"pyproject.toml": "[tool.pytest", "setup.cfg": "[tool:pytest]", "tox.ini": "[pytest]"}
    return (
        "pytest.ini" in known
        or any(PurePosixPath(path).name == "conftest.py" for path in known)
        or any(mark in text(path) for path, mark in settings.items() if path in known)
        or any(_is_for_pytest(text(path)) for path in list(filter(is_python_test, known))[:LOOKED_INTO])
    )


def _is_for_pytest(source: str) -> bool:
    return bool(re.search(r"^\s*(?:import|from) pytest\b|^(?:async )?def test", source, re.M))


def _npm(paths: list[str], text: Text) -> str:
    if "package.json" not in paths:
        return ""
    try:
        script = json.loads(text("package.json"))["scripts"]["test"]
    except (ValueError, KeyError, TypeError):
        return ""
    return "" if NPM_NONE in str(script) else "npm test"


def _make(paths: list[str], text: Text) -> str:
    makefile = next((name for name in ("GNUmakefile", "makefile", "Makefile") if name in paths), "")
    return "make test" if makefile and re.search(r"^test\s*:(?!=)", text(makefile), re.M) else ""


def source_folder(paths: Iterable[str]) -> str:
    """Return the folder that Python has to search beside the top, `src` where packages lie in it, else ""."""
    return "src" if any(re.fullmatch(r"src/.+\.py", path) for path in paths) else ""


def start_command(paths: Iterable[str], text: Text) -> str:
    """Return the command that a README names on a line `Start it with: COMMAND`, or ""."""
    readme = next((path for path in sorted(paths) if re.fullmatch(r"README(\.\w+)?", path, re.I)), "")
    found = re.search(r"^\W*start it with:?\W*?`*([^`\n]+)`*\s*$", text(readme), re.M | re.I) if readme else None
    return found[1].strip() if found else ""
