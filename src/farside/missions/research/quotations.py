"""What a sentence quotes: text between quotation marks, which has to stand word for word in what it cites. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from farside.missions.research.scripts import has_unspaced, tidy

QUOTED = re.compile(
    '\u201c([^\u201c\u201d]+)\u201d|"([^"]+)"|\u300c([^\u300c\u300d]+)\u300d|\u300e([^\u300e\u300f]+)\u300f'
    "|\u00ab([^\u00ab\u00bb]+)\u00bb"
)
GAP = re.compile(r"\s*(?:\[(?:\u2026|\.\.\.)\]|\u2026+|\.\.\.)\s*")
"""What is left out of a quotation."""


def quotations(sentence: str) -> Iterator[str]:
    """Yield the quotations of a sentence; a single word between marks is a term, not a quotation."""
    for found in QUOTED.finditer(sentence):
        inside = next(filter(None, found.groups()))
        if len(inside.split()) > 1 or (has_unspaced(inside) and len(inside) > 4):
            yield inside


def stands(quotation: str, text: str) -> bool:
    """Tell whether a quotation stands in a text word for word, its parts in order where it leaves something out.

    Runs of white space count as one space, and as none beside characters that are written without; a full stop or
    comma at its end may be the sentence's own.
    """
    at, held = 0, tidy(text)
    for part in filter(None, GAP.split(quotation)):
        found = held.find(tidy(part).rstrip(".,;\uff0c\u3002\uff1b"), at)
        if found < 0:
            return False
        at = found + 1
    return True
