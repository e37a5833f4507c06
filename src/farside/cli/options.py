"""Options and arguments that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

RunName = Annotated[str, typer.Argument(metavar="RUN", help="The run's id, the beginning or end of one, or `last`.")]
Json = Annotated[bool, typer.Option("--json", help="Print one event a line as JSON, and nothing else, on stdout.")]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base-url", metavar="URL", help="Where the model's server listens, with its /v1."),
]
