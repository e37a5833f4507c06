"""`farside k2 render`: what the model will really see of a chat request."""

from __future__ import annotations

from typing import Annotated

import typer

from farside.cli.k2.options import TokenizerFolder

Many = Annotated[bool, typer.Option("--jsonl", help="Read one body a line, and print one result a line.")]


def render(tokenizer: TokenizerFolder = None, jsonl: Many = False) -> None:
    """Show what the model will see of a chat request.

    Reads a request body on stdin (messages, tools, and add_generation_prompt, which is true unless it says
    otherwise; the rest is ignored) and prints {"text": ..., "ids": [...]}.
    """
    from farside.cli.k2.piped import print_json, read_stdin
    from farside.k2.render import body_in, render_body, render_lines
    from farside.k2.tokenizer_files import load_tokenizer

    loaded = load_tokenizer(tokenizer)
    text = read_stdin("a chat request body (JSON)")
    for rendered in render_lines(text, loaded) if jsonl else [render_body(body_in(text), loaded)]:
        print_json({"text": rendered.text, "ids": rendered.ids})


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(render)
