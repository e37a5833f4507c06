"""`farside k2`: the model itself, its files and its protocol. One file a command."""

from __future__ import annotations

import typer

from farside.cli.k2 import plan, quantize, render, synth, tokenize


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    group = typer.Typer(help="The K2 model itself: its protocol, its files and its figures.", no_args_is_help=True)
    for command in (plan, quantize, render, synth, tokenize):
        command.register(group)
    app.add_typer(group, name="k2")
