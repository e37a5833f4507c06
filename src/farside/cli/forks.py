"""`farside fork`, `farside restore`, `farside diff`: going back to a step, and comparing what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farside.cli.options import RunName

Step = Annotated[
    int | None,
    typer.Option(
        "--at", min=0, metavar="STEP", help="After this step; 0 is before the first. Default: the last done."
    ),
]
Target = Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder to write the files into.")]
Other = Annotated[str, typer.Argument(metavar="RUN", help="The run to compare it with.")]


def fork(run: RunName, at: Step = None) -> None:
    """Begin a new run where another one was at a step.

    It has the messages, the plan, the variables, what is left of the budget, and a copy of the folder as it was
    then, and works only there; the other run is not touched. It rests until `farside resume`. Its id goes to stdout.
    """
    from farside.agent.home import find_run
    from farside.cli.forking import print_fork

    print_fork(find_run(run), at)


def restore(run: RunName, folder: Target, at: Step = None) -> None:
    """Write the files of a run, as they were at a step, into a new folder."""
    from farside.agent.home import find_run
    from farside.cli.forking import print_restored

    print_restored(find_run(run), at, folder)


def diff(run: RunName, other: Other) -> None:
    """Compare two runs: where they part, how they went on, which files differ, and what they answered."""
    from farside.agent.home import find_run
    from farside.cli.differing import print_difference

    print_difference(find_run(run), find_run(other))


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    for command in (fork, restore, diff):
        app.command()(command)
