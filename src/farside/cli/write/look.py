"""The commands that look at a book. They need no model and change nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farside.cli.write.book_option import BookFolder

Only = Annotated[int, typer.Argument(metavar="[CHAPTER]", min=0, help="Only this chapter. Default: all.")]


def check(book: BookFolder = Path()) -> None:
    """Check the book for continuity.

    The folder against itself, the chapters against bible and ledger.
    People, places, days, objects, who knows what, seeds planted, due and paid: from the final text only.
    Exit codes: 0 all holds, 5 something does not.
    """
    from farside.cli.write.looking import print_check

    raise typer.Exit(print_check(book))


def scores(chapter: Only = 0, book: BookFolder = Path()) -> None:
    """Measure slop and repetition.

    In English or Chinese, with the words that are behind the figures.
    """
    from farside.cli.write.looking import print_scores

    print_scores(book, chapter)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    for command in (check, scores):
        app.command()(command)
