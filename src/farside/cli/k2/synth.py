"""`farside k2 synth`: a checkpoint of random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Target = Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")]
Shape = Annotated[
    str, typer.Option("--config", metavar="C", help="A preset, such as k2-thinking or tiny, or a config.json.")
]
Layers = Annotated[int | None, typer.Option("--layers", metavar="N", help="Only the first so many layers.")]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="Another seed, other weights.")]
Tokenizer = Annotated[
    Path | None,
    typer.Option(
        "--tokenizer",
        metavar="DIR",
        help="A folder with tiktoken.model and tokenizer_config.json. Default: a stand-in, a token a byte.",
    ),
]


def synth(target: Target, shape: Shape, layers: Layers = None, seed: Seed = 0, tokenizer: Tokenizer = None) -> None:
    """Make up a checkpoint of random weights.

    In the format of K2 Thinking on disk, with INT4 experts, for tests and benchmarks. If it is broken off, the same
    command goes on.
    """
    from farside.k2.extra import need

    need("farside k2 synth", "torch")
    from farside.cli.k2.progress import written
    from farside.k2.config import preset, read_config
    from farside.k2.new_checkpoint import write_checkpoint
    from farside.k2.synth import prepare

    config = read_config(Path(shape)) if Path(shape).exists() else preset(shape)
    new = prepare(target, config, layers, seed, tokenizer)
    with written(target) as on_progress:
        write_checkpoint(new, on_progress)
    print(f"{target}: {new.disk_bytes / 1e9:.2f} GB")


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(synth)
