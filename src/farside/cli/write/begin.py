"""`farside write [PREMISE]`: begin a book, or tell how one stands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farside.cli.run_options import RunOptions
from farside.cli.write.book_option import BookFolder, with_book_options

Premise = Annotated[
    str, typer.Argument(metavar="[PREMISE]", help="From what the book begins. Left out: how it stands.")
]
Language = Annotated[
    str, typer.Option("--language", metavar="en|zh", help="The language of the book. Default: that of the premise.")
]

Chapters = Annotated[
    int,
    typer.Option("--chapters", metavar="N", min=0, help="How many chapters there are to be. Default: as outlined."),
]


@with_book_options
def begin(
    options: RunOptions,
    premise: Premise = "",
    book: BookFolder = Path(),
    language: Language = "",
    chapters: Chapters = 0,
) -> None:
    """Begin a book from a premise: readings of it, the causal chain, people, places, objects, outline, ledger.

    The folder is new or empty. Without a premise: how the book in it stands, and what comes next; without a model.
    """
    from farside.cli.write.founding import found, print_standing

    if not premise.strip():
        print_standing(book)
        return
    raise typer.Exit(found(premise, book, language, chapters, options))


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command(hidden=True)(begin)
