"""Passages of other sources that speak of the same thing as a sentence: these may contradict it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

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


def rivals(sentence: str, cited: Sequence[Span], pages: Sequence[Page], most: int) -> tuple[Span, ...]:
    """Return the best passage of each page that is not cited, the most alike first."""
    if not most:
        return ()
    wanted = _stems(sentence)
    names = {span.page.name for span in cited}
    texts = {page.name: page for page in pages if page.name not in names}  # each as it was opened last
    found = [(score, span) for page in texts.values() for score, span in [_best(wanted, page)] if score >= ALIKE]
    found.sort(key=lambda each: (-each[0], each[1].page.name))
    return tuple(span for _, span in found[:most])


def _best(wanted: frozenset[str], page: Page) -> tuple[float, Span]:
    """Return the best lines of a page and how alike they are; its title counts, as it says what they speak of."""
    lines = page.lines or [""]
    scores = [len(wanted & _stems(line)) if _is_prose(line) else 0 for line in lines]
    best = max(range(len(lines)), key=lambda at: (scores[at], -at))
    start, end = max(0, best - AROUND), min(len(lines), best + AROUND + 1)
    text = "\n".join(lines[start:end])
    if len(text) > LONGEST:
        return 0.0, Span(page, best + 1, best + 1, lines[best])
    spoken_of = _stems(text) | _stems(page.title)
    return len(wanted & spoken_of) / max(1, len(wanted)), Span(page, start + 1, end, text)


def _is_prose(line: str) -> bool:
    return len(line) <= LONGEST and not line.startswith("#")


@lru_cache(maxsize=100_000)
def _stems(text: str) -> frozenset[str]:
    """Return what a text speaks of: words by their stem, pairs of characters in Chinese; numbers differ."""
    text = plain(text).lower()
    words = (word for word in re.findall(r"[a-z\u00c0-\u024f]{3,}", text) if word not in ORDINARY)
    return frozenset((*(word[:STEM] for word in words), *re.findall("(?=([\u4e00-\u9fff]{2}))", text)))
