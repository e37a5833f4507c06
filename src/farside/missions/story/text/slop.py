"""What generated prose overuses, found in a text. Pure but for its list, slop.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from farside.missions.story.book.bible import LATIN
from farside.missions.story.book.book import Language
from farside.missions.story.book.chapter import Chapter


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a text says what too many texts say."""

    name: str
    """The word of the list, or the name of the construction."""
    words: str
    line: int


def slop(chapter: Chapter, language: Language) -> list[Hit]:
    """Return the hits in a chapter, in order."""
    hits = []
    for paragraph in chapter.paragraphs:
        for name, pattern in _patterns(language):
            for found in pattern.finditer(paragraph.text):
                line = paragraph.line + paragraph.text[: found.start()].count("\n")
                hits.append(Hit(name, " ".join(found[0].split()), line))
    return sorted(hits, key=lambda hit: hit.line)


@cache
def _patterns(language: Language) -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = tomllib.loads(Path(__file__).with_name("slop.toml").read_text(encoding="utf-8"))[language]
    words = ((word, re.compile(_whole(word), re.IGNORECASE)) for word in table["words"])
    return (*words, *((name, re.compile(source, re.IGNORECASE)) for name, source in table["patterns"].items()))


def _whole(word: str) -> str:
    pattern = r"\s+".join(re.escape(part).replace("'", "['’]") for part in word.split())
    return rf"\b{pattern}\b" if LATIN.match(word) else pattern
