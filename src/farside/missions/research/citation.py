"""A citation: the page that a sentence rests on, and its lines, as `[[notes:moon.md:12-14]]`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

WRITTEN = re.compile(r"\[\[\s*(?P<inside>(?:[^\[\]\n]|\[\[[^\[\]\n]*\]\]|\[(?!\[)|\](?!\](?!\])))+?)\s*\]\]")
"""The name of a page may hold brackets, double ones in pairs."""
_RANGE = r"[Ll]?\d+(?:\s*[-\u2013]\s*[Ll]?\d+)?"
PLACE = re.compile(rf"(?P<page>.+?)\s*:\s*(?:lines?\s*)?(?P<ranges>{_RANGE}(?:\s*,\s*{_RANGE})*)")
PARTED = re.compile(r"(?<=\d)\s*;\s*|(?<=\babove)\s*;\s*", re.IGNORECASE)
"""What parts citations: the name of a page may hold a semicolon."""
SPACE = re.compile(r"[ \t]+(?=[.,;:!?](?:\s|$)|[\u3002\uff0c\uff1b\uff1a\uff01\uff1f]|$)")
ABOVE = "above"
"""Cites what the earlier sentences of the same section cite: for a conclusion from them."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Lines of a page, as a report names them; both numbers are 0 where it names none."""

    page: str
    first: int
    last: int

    def __str__(self) -> str:
        """Return the place as a report writes it, without brackets."""
        if not self.first:
            return self.page
        return f"{self.page}:{self.first}" + (f"-{self.last}" if self.last > self.first else "")


def citations(text: str) -> tuple[Citation, ...]:
    """Return what a text cites, in order, each once.

    One pair of brackets may hold several pages, with `;` between them, and several places of one, with commas.
    """
    parts = (part.strip() for found in WRITTEN.finditer(text) for part in PARTED.split(found["inside"]))
    return tuple(dict.fromkeys(citation for part in parts if part for citation in _read(part)))


def without(text: str) -> str:
    """Return a text without its citations, and without the space that they leave before a full stop."""
    plain = re.sub(r"[(\uff08]\s*[)\uff09]", "", WRITTEN.sub("", text))
    return SPACE.sub("", re.sub(r"[ \t]{2,}", " ", plain)).strip()


def _read(part: str) -> Iterator[Citation]:
    place = PLACE.fullmatch(part)
    if place is None:
        yield Citation(part, 0, 0)
        return
    for written in place["ranges"].split(","):
        first, *rest = (int(number) for number in re.findall(r"\d+", written))
        yield Citation(place["page"], first, max(first, *rest, first))
