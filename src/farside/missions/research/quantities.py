"""The numbers that a sentence claims and those that a text holds, whatever their notation. Pure.

`3.2 million`, `3,200,000`, `320万` are one number; `12%` and `百分之十二` both say 12. A number as it is written, not
rounded, has to stand in the text that it is taken from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from farside.missions.research.numerals import MAGNITUDES, MYRIADS, in_chinese, in_words
from farside.missions.research.scripts import plain
from farside.tools.figures import NUMBER, number, parted

GROUPED = re.compile(r"(?<=\d)[\u00a0\u2009\u202f ](?=\d{3}(?!\d))")
"""A space that parts groups of three digits."""
BEHIND = re.compile(
    rf"(?:\s*(?P<myriads>[{''.join(MYRIADS)}千百]+)|(?P<short>k|K|M|mn|bn|B)\b"
    r"|[\s-]*(?P<word>hundred|thousand|million|billion|trillion)s?\b)"
)
"""What may stand behind digits and multiply them."""
BELOW = re.compile(r"(?:\bminus\s+|零下\s*|负\s*)$", re.IGNORECASE)
UNDER = re.compile(r"\s*(?:°\s*[CF]?|degrees?(?:\s+(?:Celsius|Fahrenheit))?)?\s*below\s+zero", re.IGNORECASE)
MINUS = re.compile(r"(?<=[\u4e00-\u9fff])(?=[-\u2212]\d)")
"""Where a sign stands behind a character that NUMBER takes for part of a word."""
ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
UNCOUNTED = {0.0, 1.0}
"""Values that, written as a word, need not count anything."""


def claimed(text: str) -> list[tuple[str, float]]:
    """Return the numbers of a sentence that have to stand in what it cites, each as written and with its value."""
    text = _even(text)
    return [*digits(text), *(found for found in _worded(text) if found[1] not in UNCOUNTED)]


def present(text: str) -> set[float]:
    """Return all numbers that stand in a text."""
    text = _even(text)
    return {value for _, value in (*digits(text), *_worded(text))}


def digits(text: str) -> Iterator[tuple[str, float]]:
    """Yield the numbers of an evened text that are written in digits, with the word for their magnitude."""
    for found in NUMBER.finditer(text):
        runs = parted(found["run"])
        for part in runs:
            sign = found["sign"] or ("-" if _is_below(text, found) else "")
            scale, behind = _magnitude(text, found.end("run")) if part == runs[-1] else (1.0, "")
            yield f"{found['sign'] or ''}{part}{behind}", round(number(sign, part) * scale, 6)


def _even(text: str) -> str:
    """Return a text with usual forms of digits, no spaces inside a number, and no ordinal endings."""
    return MINUS.sub(" ", ORDINAL.sub("", GROUPED.sub("", plain(text))))


def _worded(text: str) -> Iterator[tuple[str, float]]:
    """Yield the numbers of an evened text that are written as words, what stands behind digits left out."""
    alone = re.sub(rf"\d[\d.,]*(?:{BEHIND.pattern})?|[百千万]分之|百分点", " ", text)
    yield from in_words(alone)
    yield from in_chinese(alone)


def _magnitude(text: str, end: int) -> tuple[float, str]:
    found = BEHIND.match(text, end)
    if found is None:
        return 1.0, ""
    if found["myriads"]:
        scale = 1.0
        for character in found["myriads"]:
            scale *= {**MYRIADS, "千": 1_000, "百": 100}[character]
        return scale, found[0]
    return float(MAGNITUDES[(found["short"] or found["word"]).lower()]), found[0]


def _is_below(text: str, found: re.Match[str]) -> bool:
    return bool(BELOW.search(text[: found.start()]) or UNDER.match(text, found.end("run")))
