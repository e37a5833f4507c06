"""`farside code`: from a goal to a branch whose tests pass."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from farside.cli.run_options import RunOptions, with_run_options

Goal = Annotated[str, typer.Argument(metavar="GOAL", help="What is to be built or mended; an issue's text will do.")]
Repo = Annotated[
    Path | None,
    typer.Option(
        "--repo",
        metavar="D",
        help="Git repository whose checked out commit is worked on, in a copy. Default: a new repository.",
    ),
]
Test = Annotated[
    str | None,
    typer.Option("--test", metavar="CMD", help="Command that runs the tests. Default: found in the repository."),
]
Seconds = Annotated[
    int, typer.Option("--test-timeout", min=1, metavar="N", help="Seconds after which tests count as hanging.")
]
MayChange = Annotated[
    bool,
    typer.Option(
        "--tests-may-change",
        help="The goal asks for it: tests that are there may be changed; each change is reported.",
    ),
]


@partial(with_run_options, left_out={"folder"})
def code(
    goal: Goal,
    options: RunOptions,
    repo: Repo = None,
    test: Test = None,
    test_timeout: Seconds = 300,
    tests_may_change: MayChange = False,
) -> None:
    """Build or mend a program, and deliver a branch whose tests pass in a clean checkout, with a patch and a report.

    Your checked out branch, index and files stay as they are. Exit codes are those of `farside run`.
    """
    from farside.cli.foreground import start
    from farside.missions.code.order import order

    ordered = order(repo, test, test_timeout, tests_may_change)
    settings = options.settings("code", ordered.options)
    print(f"farside: {ordered.told}", file=sys.stderr)
    raise typer.Exit(start(goal, settings, options.json))


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(code)
