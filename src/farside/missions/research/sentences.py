"""A paragraph as sentences, each with the citations behind it; English and Chinese. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from farside.missions.research.citation import WRITTEN
from farside.missions.research.quotations import quotations

END = re.compile(
    r"[\u3002\uff01\uff1f][\u201d\u2019\u300d\u300f\u301e\u301f\uff02\uff09)\"]*"
    r"|[.!?\u2026]+[\"'\u201c\u201d\u2018\u2019\u00ab\u00bb\u2039\u203a\u300d\u300f)\]]*(?=\s|$|\[\[|[\u3400-\u9fff])"
)
"""Where a sentence may end: a full stop of either script, with what closes behind it."""
SHORT = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Col|Lt|Capt|Rev|No|Nos|Fig|Figs|Vol|Ch|Sec|Art|Eq|Inc|Ltd|Co|Corp|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|vs|etc|cf|ca|approx|al|pp|ed|eds|op|cit|e\.g|i\.e|a\.m|p\.m)"
    r"|(?:^|(?<=[\s(.]))[A-Z])\.$"
)
"""Abbreviations and initials, whose full stop ends no sentence."""


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a paragraph. Citations behind a full stop belong to the sentence before it.

    No sentence ends inside of a quotation: who quotes several cites them together.
    """
    unbroken = [range(found.start, found.end) for found in quotations(text)]
    unbroken += [range(*found.span()) for found in WRITTEN.finditer(text)]
    start = at = 0
    while end := END.search(text, at):
        at = end.end()
        if any(end.start() in inside and end.end() in inside for inside in unbroken):
            continue
        if text[end.start()] in ".!?\u2026" and not _ends(text, end.start(), at):
            continue
        while cited := re.compile(rf"\s*{WRITTEN.pattern}[.\u3002]?").match(text, at):
            at = cited.end()
        if whole := text[start:at].strip():
            yield whole
        start = at
    if rest := text[start:].strip():
        yield rest


def _ends(text: str, stop: int, behind: int) -> bool:
    """Tell whether a full stop ends a sentence: not that of an abbreviation before a word that goes on."""
    following = text[behind:].lstrip()
    if text[stop] == "." and SHORT.search(text[: stop + 1]):
        return not following or following.startswith("[[")
    return not following[:1].islower()
