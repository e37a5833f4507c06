"""`farside k2 quantize`: a bf16 checkpoint made into INT4."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Source = Annotated[Path, typer.Argument(metavar="SRC", help="A checkpoint folder in bf16.")]
Target = Annotated[Path, typer.Argument(metavar="DST", help="The folder to make.")]
Rule = Annotated[
    Literal["absmax_7_5", "absmax_7"],
    typer.Option(
        "--rule",
        help="How scales are found: absmax_7_5, as compressed-tensors does, or absmax_7, as open "
        "quantization-aware training does.",
    ),
]


def quantize(source: Source, target: Target, rule: Rule = "absmax_7_5") -> None:
    """Make a bf16 checkpoint into K2's INT4.

    The routed experts become INT4 (compressed-tensors pack-quantized, groups of 32); all else stays as it is. It goes
    shard by shard; if it is broken off, the same command goes on.
    """
    from farside.k2.extra import need

    need("farside k2 quantize", "torch")
    from farside.cli.k2.progress import written
    from farside.k2.new_checkpoint import write_checkpoint
    from farside.k2.quantize import prepare

    new = prepare(source, target, rule)
    with written(target) as on_progress:
        write_checkpoint(new, on_progress)
    print(f"{target}: {new.disk_bytes / 1e9:.2f} GB")


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(quantize)
