"""`farside k2 tokenize`: the tokens of a text."""

from __future__ import annotations

from typing import Annotated

import typer

from farside.cli.k2.options import TokenizerFolder

AsControl = Annotated[
    bool,
    typer.Option("--control", help="Read text such as <|im_end|> as the control token. Without it, text stays text."),
]


def tokenize(tokenizer: TokenizerFolder = None, control: AsControl = False) -> None:
    """Show the tokens of a text.

    Reads the text on stdin, every character of it, and prints {"text": ..., "ids": [...]}.
    """
    from farside.cli.k2.piped import print_json, read_stdin
    from farside.k2.tokenizer_files import load_tokenizer

    loaded = load_tokenizer(tokenizer)
    text = read_stdin("text")
    print_json({"text": text, "ids": loaded.encode_markup(text) if control else loaded.encode(text)})


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(tokenize)
