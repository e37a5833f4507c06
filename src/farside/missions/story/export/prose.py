"""Chapters as blocks and runs, which every format is made of. Pure.

Of Markdown a chapter uses paragraphs, `*italic*`, `**bold**`, a heading and scene breaks; anything else is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from farside.missions.story.book.book import Book
from farside.missions.story.book.chapter import Chapter, is_break, joined

INLINE = re.compile(
    r"(?<![\\*0-9A-Za-z])(\*\*|\*)(?=\S)(.+?)(?<=\S)\1(?!\*)|(?<![\\\w])(_)(?=\S)(.+?)(?<=\S)_(?!\w)", re.DOTALL
)


UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style."""

    text: str
    italic: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, or what stands in place of one."""

    kind: Literal["paragraph", "break", "heading"]
    runs: tuple[Run, ...] = ()
    first: bool = False
    """The first paragraph of a chapter or scene, which is not indented."""


@dataclass(frozen=True, slots=True)
class Volume:
    """A book as its readers get it."""

    title: str
    author: str
    language: str
    """`en` or `zh`."""
    chapters: tuple[tuple[str, tuple[Block, ...]], ...]
    """Title and blocks of each."""


def volume(book: Book) -> Volume:
    """Return the written chapters of a book."""
    set_type = _set(book.language)
    chapters = tuple((set_type(_title(book, each)), blocks(set_type(each.text))) for each in book.chapters)
    return Volume(set_type(book.title), set_type(book.front.value("author")), book.language, chapters)


def _set(language: str) -> Callable[[str], str]:
    """Return what sets a text as readers get it: without characters that no XML may hold, as controls."""
    return lambda text: (typographic if language == "en" else str)(UNPRINTABLE.sub("", text))


def typographic(text: str) -> str:
    """Return English with curly quotation marks: opening where a word begins, else closing, as apostrophes are."""
    text = re.sub(r"(?m)(^|[\s(\[—–])([*_]*)\"", r"\1\2“", text).replace('"', "”")
    return re.sub(r"(?m)(^|[\s(\[—–“])([*_]*)'(?=\w)", r"\1\2‘", text).replace("'", "’")


def blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a chapter behind its title."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", re.sub(r"\A\s*#\s.*\n?", "", text)):
        if is_break(part) and part.strip():
            found.append(Block("break"))
        elif part.strip().startswith("#"):
            found.append(Block("heading", runs(part.strip().lstrip("#").strip())))
        elif part.strip():
            found.append(Block("paragraph", runs(joined(part)), not found or found[-1].kind != "paragraph"))
    return tuple(found)


def runs(text: str) -> tuple[Run, ...]:
    """Return the characters of a paragraph by style."""
    found, at = [], 0
    for mark in INLINE.finditer(text):
        strong = mark[1] == "**"
        found += [Run(text[at : mark.start()]), Run(mark[2] or mark[4], italic=not strong, bold=strong)]
        at = mark.end()
    pieces = [*found, Run(text[at:])]
    return tuple(Run(re.sub(r"\\([*_#])", r"\1", run.text), run.italic, run.bold) for run in pieces if run.text)


def _title(book: Book, chapter: Chapter) -> str:
    plan = book.planned(chapter.number)
    return chapter.title or (plan.title if plan else str(chapter.number))
