"""`farside k2 plan`: what a model asks of a machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[
    str, typer.Argument(metavar="DIR|PRESET", help="A checkpoint folder or its config.json, or a name: k2-thinking.")
]
Ram = Annotated[str, typer.Option("--ram", metavar="SIZE", help="RAM: 64G (1 G is 10^9 bytes), or 62GiB.")]
Disk = Annotated[float, typer.Option("--disk-gbps", metavar="X", help="What the disk reads, in 10^9 bytes a second.")]
Context = Annotated[
    int | None,
    typer.Option("--context", metavar="N", help="Tokens whose latents are in RAM. Default: 65536, or the window."),
]


def plan(model: Model, ram: Ram = "64G", disk_gbps: Disk = 6.5, context: Context = None) -> None:
    """Tell what a model asks of a machine.

    Parameters, bytes by part, what a token reads from disk, what fits in RAM, tokens a second to expect and the
    limit that binds, with all that is assumed. Nothing is loaded.
    """
    from farside.cli.k2.plan_page import octets, page
    from farside.cli.plain_text import safe
    from farside.k2.config import known, read_config
    from farside.k2.plan import plan as planned

    unconfirmed: tuple[str, ...] = ()
    if Path(model).exists():
        title, config = model, read_config(Path(model))
    else:
        preset = known(model)
        title, config, unconfirmed = preset.about, preset.config, tuple(preset.unconfirmed)
    for line in page(planned(config, octets(ram), disk_gbps * 1e9, context), title, unconfirmed):
        print(safe(line))


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(plan)
