"""Every command says what it does, and every option and argument has help."""

from typing import Annotated, Any

import pytest
import typer

from farside.cli.app import app


def unexplained(command: Any, name: str = "farside") -> list[str]:
    """Return the commands without a help text and the parameters without one, nested commands too."""
    silent = [] if (command.help or "").strip() else [name]
    silent += [f"{name} {parameter.name}" for parameter in command.params if not (parameter.help or "").strip()]
    for below, nested in getattr(command, "commands", {}).items():
        silent += unexplained(nested, f"{name} {below}")
    return silent


def test_the_command_line_explains_itself() -> None:
    command: Any = typer.main.get_command(app)
    assert set(command.commands) == {
        "run",
        "code",
        "write",
        "research",
        "solve",
        "resume",
        "runs",
        "show",
        "replay",
        "fork",
        "restore",
        "diff",
        "say",
        "stop",
        "models",
        "check",
        "k2",
    }
    assert unexplained(command) == []


def silent_command(goal: str) -> None:
    pass


def silent_option(steps: Annotated[int, typer.Option()] = 3) -> None:
    """Run."""


def explained(goal: Annotated[str, typer.Argument(help="What to do.")]) -> None:
    """Run."""


@pytest.mark.parametrize(
    ("function", "found"),
    [
        (silent_command, ["farside run", "farside run goal"]),
        (silent_option, ["farside run steps"]),
        (explained, []),
    ],
)
def test_what_is_not_explained_is_found(function: Any, found: list[str]) -> None:
    small = typer.Typer(help="A small one.", add_completion=False)
    small.command("run")(function)
    small.command("other")(explained)
    assert unexplained(typer.main.get_command(small)) == found
