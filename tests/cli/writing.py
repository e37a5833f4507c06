"""`farside write` as a user types it, to a model whose replies are given, on a copy of the example."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import Done, Farside
from tests.missions.story.books import EXAMPLE, copied


def example(farside: Farside) -> Path:
    """Return a copy of the example whose second chapter is short."""
    folder = copied(EXAMPLE, farside.folder / "book")
    text = (folder / "outline.md").read_text()
    start = text.index("## Chapter 2")
    (folder / "outline.md").write_text(text[:start] + text[start:].replace("- words: 2500", "- words: 120", 1))
    return folder


def write(farside: Farside, said: tuple[str, ...], *arguments: str) -> Done:
    """Type a command of `farside write` to a model that replies so."""
    model = farside.script("model", *({"text": text} for text in said))
    return farside("write", *arguments, "--model", model)
