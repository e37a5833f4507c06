"""Passages of other sources that speak of the same thing as a sentence: these may contradict it. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from farside.missions.research.scripts import plain
from farside.missions.research.spans import Page, Span
from farside.missions.research.words import ORDINARY

ALIKE = 0.5
"""Share of a sentence's words that a passage must hold to speak of the same thing."""
STEM = 5
AROUND = 1
"""Lines before and after the best one."""
LONGEST = 4_000
"""Characters of a passage: what has longer lines was not written to be read."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A page, and what each of its lines speaks of: each is read once, however many sentences are held against it."""

    page: Page
    lines: Sequence[str]
    where: dict[str, list[int]]
    """For each stem the lines of prose that hold it, counted from 0."""
    title: frozenset[str]


def spoken(pages: Iterable[Page]) -> tuple[Spoken, ...]:
    """Return each page as it was opened last."""
    return tuple(map(_spoken, {page.name: page for page in pages}.values()))


def _spoken(page: Page) -> Spoken:
    lines = page.lines or [""]
    where: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        for stem in _stems(line) if _is_prose(line) else ():
            where.setdefault(stem, []).append(at)
    return Spoken(page, lines, where, _stems(page.title))


def rivals(sentence: str, cited: Sequence[Span], pages: Sequence[Spoken], most: int) -> tuple[Span, ...]:
    """Return the best passage of each page that is not cited, the most alike first."""
    wanted, names = _stems(sentence), {span.page.name for span in cited}
    best = [_best(wanted, each) for each in pages if most and each.page.name not in names]
    found = sorted((each for each in best if each[0] >= ALIKE), key=lambda each: (-each[0], each[1].page.name))
    return tuple(span for _, span in found[:most])


def _best(wanted: frozenset[str], spoken: Spoken) -> tuple[float, Span]:
    """Return the best lines of a page and how alike they are; its title counts, as it says what they speak of."""
    page, lines = spoken.page, spoken.lines
    scores = Counter(at for stem in wanted for at in spoken.where.get(stem, ()))
    best = max(scores, key=lambda at: (scores[at], -at), default=0)
    start, end = max(0, best - AROUND), min(len(lines), best + AROUND + 1)
    text = "\n".join(lines[start:end])
    if len(text) > LONGEST:
        return 0.0, Span(page, best + 1, best + 1, lines[best])
    return len(wanted & (_stems(text) | spoken.title)) / max(1, len(wanted)), Span(page, start + 1, end, text)


def _is_prose(line: str) -> bool:
    return len(line) <= LONGEST and not line.startswith("#")


def _stems(text: str) -> frozenset[str]:
    """Return what a text speaks of: words by their stem, pairs of characters in Chinese; numbers differ."""
    text = plain(text).lower()
    words = (word for word in re.findall(r"[a-z\u00c0-\u024f]{3,}", text) if word not in ORDINARY)
    return frozenset((*(word[:STEM] for word in words), *re.findall("(?=([\u4e00-\u9fff]{2}))", text)))
