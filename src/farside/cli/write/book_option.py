"""The options that the commands of a book share, and the book that they name."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from farside.cli.run_options import with_run_options

if TYPE_CHECKING:
    from farside.missions.story.book.book import Book

BookFolder = Annotated[
    Path, typer.Option("--book", "-b", metavar="DIR", help="The book's folder. Default: the current one.")
]
with_book_options = partial(with_run_options, left_out=("folder",))
"""The options of a run but --dir: a book is worked on in its own folder."""
ChapterNumber = Annotated[int, typer.Argument(metavar="CHAPTER", min=1, help="Number of the chapter.")]


def sound_book(folder: Path) -> Book:
    """Return a book that does not contradict itself.

    Raises:
        FarsideError: there is none, or it does.
    """
    from farside.missions.story.book.consistency import refuse_inconsistent
    from farside.missions.story.book.folder import read_book

    book = read_book(folder)
    refuse_inconsistent(book, str(folder))
    return book
