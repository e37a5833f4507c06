"""Options that several commands of `farside k2` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

TokenizerFolder = Annotated[
    Path | None,
    typer.Option(
        "--tokenizer",
        metavar="DIR",
        help="A checkpoint folder with tiktoken.model and tokenizer_config.json. Default: FARSIDE_TOKENIZER, "
        "else k2-tokenizer in farside's cache folder.",
    ),
]
