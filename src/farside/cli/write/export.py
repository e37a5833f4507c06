"""`farside write export`: the book as one file for readers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farside.cli.write.book_option import BookFolder

Target = Annotated[Path, typer.Argument(metavar="FILE", help="Where to: a name that ends with .md, .epub or .docx.")]


def export(file: Target, book: BookFolder = Path()) -> None:
    """Write the book as Markdown, EPUB or DOCX."""
    from farside.cli.write.looking import print_exported

    print_exported(book, file)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(export)
