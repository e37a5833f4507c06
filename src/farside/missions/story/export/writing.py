"""Exporting a book: which format a file name asks for, and the file on disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile

from farside.errors import FarsideError
from farside.missions.story.book.book import Book
from farside.missions.story.export.docx import docx
from farside.missions.story.export.epub import epub
from farside.missions.story.export.markdown import markdown

FORMATS: dict[str, Callable[[Book], bytes]] = {".md": markdown, ".epub": epub, ".docx": docx}


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
        with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as new:
            new.write(make(book))
        os.chmod(new.name, 0o644)  # noqa: PTH101 - a temporary file is open to its owner alone
        os.replace(new.name, file)  # noqa: PTH105
    except OSError as error:
        raise FarsideError(f"{file} cannot be written ({error.strerror}).", "Name another file.") from error
