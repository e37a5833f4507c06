"""Slop and repetition of a chapter as figures, with the places behind them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from farside.missions.story.book.book import Language
from farside.missions.story.book.chapter import Chapter
from farside.missions.story.text import repetition
from farside.missions.story.text.repetition import Repeated
from farside.missions.story.text.slop import Hit, slop
from farside.missions.story.text.words import tokens, unit

RUN = {"en": 4, "zh": 8}
"""The length of the n-grams that are counted as repeated: words, or characters."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What was measured of one chapter."""

    number: int
    words: int
    slop: float
    """Hits for each 1,000 words."""
    repeated: float
    """Share of n-grams that stood before."""
    distinct: float
    """distinct-2."""
    variety: float
    """MATTR."""
    run: int
    """Longest run of sentences with the same first word."""
    hits: tuple[Hit, ...]
    phrases: tuple[Repeated, ...]
    openings: tuple[Repeated, ...]


def scored(chapter: Chapter, language: Language) -> Scores:
    """Measure a chapter; titles and scene breaks do not count."""
    paragraphs = [paragraph.text for paragraph in chapter.paragraphs]
    words = [word for paragraph in paragraphs for word in tokens(paragraph)]
    hits = tuple(slop(chapter, language))
    return Scores(
        chapter.number,
        len(words),
        1000 * len(hits) / max(len(words), 1),
        repetition.repeated(words, RUN[language]),
        repetition.distinct(words, 2),
        repetition.variety(words),
        repetition.runs(paragraphs),
        hits,
        tuple(repetition.overused(paragraphs, language)),
        tuple(repetition.openings(paragraphs, language)),
    )


def table(all_scores: list[Scores], language: Language) -> str:
    """Return the figures as lines of text, a chapter a line, with what each column is."""
    n = RUN[language]
    head = (
        f"chapter  {unit(language):>10}  slop/1000  repeated-{n}  distinct-2  MATTR-{repetition.WINDOW}  same start"
    )
    rows = [
        f"{each.number:>7}  {each.words:>10,}  {each.slop:>9.2f}  {each.repeated:>10.2%}  {each.distinct:>10.3f}  "
        f"{each.variety:>9.3f}  {each.run:>10}"
        for each in all_scores
    ]
    return "\n".join([head, *rows])


def places(each: Scores, file: str) -> Iterator[str]:
    """Yield where the figures come from, a line each."""
    yield from (f"{file}:{hit.line}: {hit.name}: {hit.words}" for hit in each.hits)
    yield from (f"{file}: {phrase.times} times: {phrase.phrase}" for phrase in each.phrases)
    yield from (f"{file}: {opening.times} sentences begin: {opening.phrase}" for opening in each.openings)
