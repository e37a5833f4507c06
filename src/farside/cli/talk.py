"""`farside say` and `farside stop`: reaching a run that another process works on."""

from __future__ import annotations

from typing import Annotated

import typer

from farside.cli.options import RunName

Words = Annotated[str, typer.Argument(metavar="TEXT", help="What to tell the run.")]


def say(run: RunName, text: Words) -> None:
    """Tell a run something.

    It takes it up at its next step; a finished run wakes, and goes on here.
    A run that is paused, failed or out of budget keeps the words until `farside resume`: nothing is spent.
    """
    from farside.agent.home import find_run
    from farside.cli.words import tell

    raise typer.Exit(tell(find_run(run), text))


def stop(run: RunName) -> None:
    """Pause a run that another process works on.

    Returns once that process and its sandbox are verified gone.
    """
    from farside.agent.home import find_run
    from farside.cli.words import halt

    halt(find_run(run))


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(say)
    app.command()(stop)
