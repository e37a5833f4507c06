"""A book as one Markdown file. Pure."""

from __future__ import annotations

import re

from farside.missions.story.book.book import Book
from farside.missions.story.export.prose import volume


def markdown(book: Book) -> bytes:
    """Return title, author and the chapters as they are written, their headings one level down."""
    whole = volume(book)
    parts = [f"# {whole.title}", *([f"*{whole.author}*"] if whole.author else [])]
    for (title, _), chapter in zip(whole.chapters, book.chapters, strict=True):
        body = re.sub(r"\A\s*#\s.*\n?", "", chapter.text).strip()
        parts += [f"## {title}", re.sub(r"^(#{2,5}) ", r"\1# ", body, flags=re.MULTILINE)]
    return ("\n\n".join(parts) + "\n").encode()
