"""`farside write`: a long work as a folder. One file a kind of command."""

from __future__ import annotations

import typer

from farside.cli.write import export, look


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    group = typer.Typer(
        help="A book as a folder that you can read and edit. docs/MISSIONS.md has its form.", no_args_is_help=True
    )
    for command in (look, export):
        command.register(group)
    app.add_typer(group, name="write")
