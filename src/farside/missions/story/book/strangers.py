"""Names in a text that no file of the bible knows. English only: Chinese does not mark names in writing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from farside.missions.story.book.book import Book
from farside.missions.story.book.chapter import Chapter
from farside.missions.story.book.finding import Finding
from farside.missions.story.text.words import common_names

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
STARTS = re.compile(r"(?:^|[.!?:…\n]|[\"“”‘’(\[*_]|--|—)\s*$")


def strangers(book: Book, chapter: Chapter) -> Iterator[Finding]:
    """Yield each capitalised word that does not begin a sentence and is called nowhere in the book, once."""
    if book.language != "en":
        return
    known = _known(book, chapter)
    for paragraph in chapter.paragraphs:
        for found in WORD.finditer(paragraph.text):
            word = re.sub(r"['’].*$", "", found[0])
            if (
                len(word) < 2
                or not word[0].isupper()
                or word.lower() in known
                or STARTS.search(paragraph.text[: found.start()])
            ):
                continue
            known.add(word.lower())
            line = paragraph.line + paragraph.text[: found.start()].count("\n")
            yield Finding("stranger", chapter.file, line, word)


def _known(book: Book, chapter: Chapter) -> set[str]:
    """Return the words of all names, and those that the chapter also writes small."""
    names = (name for each in book.named for name in each.names)
    named = {word.lower() for name in (*names, *book.other_names, book.title) for word in WORD.findall(name)}
    small = {word for word in WORD.findall(chapter.text) if word.islower()}
    return named | small | common_names()
