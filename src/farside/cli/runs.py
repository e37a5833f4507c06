"""`farside runs` and `farside show`: what runs there are, and what happened in one."""

from __future__ import annotations

from typing import Annotated

import typer

from farside.cli.options import RunName

Everything = Annotated[bool, typer.Option("--all", help="List all runs, not only the latest 20.")]


def runs(everything: Everything = False) -> None:
    """List the runs there are, the latest first."""
    from farside.cli.listing import print_runs

    print_runs(None if everything else 20)


def show(run: RunName) -> None:
    """Show what happened in a run.

    Goal, settings, plan, every step with its thought, calls and the head of their outputs, and the answer.
    """
    from farside.agent.home import find_run
    from farside.cli.telling import print_run

    print_run(find_run(run))


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(runs)
    app.command()(show)
