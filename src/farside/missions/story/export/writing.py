"""Exporting a book: which format a file name asks for, and the file on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from farside.errors import FarsideError
from farside.missions.story.book.book import Book
from farside.missions.story.book.folder import FOLDERS, is_own
from farside.missions.story.export.docx import docx
from farside.missions.story.export.epub import epub
from farside.missions.story.export.markdown import markdown
from farside.missions.whole_file import replace_whole

FORMATS: dict[str, Callable[[Book], bytes]] = {".md": markdown, ".epub": epub, ".docx": docx}


def refuse_own(folder: Path, file: Path) -> None:
    """Refuse to write over what a book is made of.

    Raises:
        FarsideError: the file is one of the book's own.
    """
    place, root = file.resolve(), folder.resolve()
    if place.is_relative_to(root) and is_own(place.relative_to(root).as_posix()):
        raise FarsideError(
            f"{file} is a file of the book itself.", f"Name another, outside of {', '.join(FOLDERS)}: export.md."
        )


def export(book: Book, file: Path) -> None:
    """Write the chapters that there are, in the format of the file's name, whole or not at all.

    Raises:
        FarsideError: no such format, no chapter, or the file cannot be written.
    """
    make = FORMATS.get(file.suffix.lower())
    if make is None:
        raise FarsideError(f"{file.name} names no format.", f"End the name with one of {', '.join(FORMATS)}.")
    if not book.chapters:
        raise FarsideError("The book has no chapter yet.", "Write one: farside write draft 1")
    try:
        replace_whole(file, make(book))
    except OSError as error:
        raise FarsideError(f"{file} cannot be written ({error.strerror}).", "Name another file.") from error
