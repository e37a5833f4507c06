"""`farside write`: a long work as a folder. One file a kind of command."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from farside.cli.write import begin, export, look, work


class Writing(TyperGroup):
    """Takes what is no command for a premise: `farside write "PREMISE"` begins a book."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command that begins a book in front of a premise, or of the options that stand alone."""
        known = args and (args[0] in self.commands or args[0] in ("-h", "--help"))
        return super().parse_args(ctx, args if known else ["begin", *args])


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    group = typer.Typer(
        cls=Writing,
        help='Write a book with the agent, in a folder that is yours to edit. `farside write "PREMISE" --book DIR` '
        "begins one; without it: how one stands. docs/MISSIONS.md has the form of the folder.",
    )
    for command in (begin, work, look, export):
        command.register(group)
    app.add_typer(group, name="write")
