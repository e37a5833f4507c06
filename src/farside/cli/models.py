"""`farside models` and `farside check`: which models can be used here, and whether one keeps the protocol."""

from __future__ import annotations

from typing import Annotated

import typer

from farside.cli.options import BaseUrl

Named = Annotated[str, typer.Argument(metavar="MODEL", help="provider/name; `farside models` lists what there is.")]


def models() -> None:
    """List what can be used here, and why not."""
    from farside.cli.brains import print_models

    print_models()


def check(model: Named, base_url: BaseUrl = None) -> None:
    """Ask an endpoint whether it keeps the protocol.

    A few short requests; what they teach of the model is kept. Exit codes: 0 it does, 5 something failed.
    """
    from farside.cli.brains import check_model

    raise typer.Exit(check_model(model, base_url))


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(models)
    app.command()(check)
