"""`farside solve`: a calculation in many steps, recomputed before it is believed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farside.cli.run_options import RunOptions, with_run_options

Problem = Annotated[str, typer.Argument(metavar="PROBLEM", help="What is to be calculated, with all that is given.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help="Where the notebook is written; default: in the run's folder, which is named.",
    ),
]


@with_run_options
def solve(problem: Problem, out: Out = None, *, options: RunOptions) -> None:
    """Calculate in many steps, and deliver it as a notebook.

    The agent works in a Python session. Its answer is accepted when each number of it stands in what a cell printed,
    all cells run again to the same values in a fresh session, and a second way gives the result. The notebook is
    Markdown, with one for Jupyter beside it; a run that ends early writes what it has. Exit codes are those of
    `farside run`.
    """
    from farside.cli.foreground import start
    from farside.errors import FarsideError
    from farside.missions.solve.delivery import pair
    from farside.missions.whole_file import check_place

    if not problem.strip():
        raise FarsideError("The problem is empty.", 'Say what is to be calculated: farside solve "PROBLEM"')
    chosen = {}
    if out:
        markdown, _ = map(check_place, pair(check_place(out)))
        chosen["out"] = str(markdown)
    raise typer.Exit(start(problem, options.settings("solve", chosen), options.json))


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(solve)
