"""Numbers as people write them, and what it means that a text says them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

SYMBOL = "[$\u20ac\u00a3\u00a5]"
NUMBER = re.compile(
    rf"(?P<opens>(?<!\w)\(\s*{SYMBOL}?\s*)?"
    rf"(?P<sign>(?<![\w)\]}}\-\u2212])[-\u2212](?:{SYMBOL} ?)?)?"
    r"(?P<run>\d(?:[\d.,'\u2019]*\d)?)"
    rf"(?P<closes>(?=\s*{SYMBOL}?\s*\)))?"
    r"(?P<behind>(?=[-\u2212](?!\w)))?"
)
"""A run of digits and marks, with what may stand around it and say that it is less than nothing."""
FORMS = re.compile(
    r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"
    r"|[1-9]\d{0,2}(?:['\u2019]\d{3})+(?:[.,]\d+)?"
    r"|[1-9]\d{0,2}(?:\.\d{3})+,\d+"
    r"|[1-9]\d{0,2}(?:\.\d{3}){2,}"
    r"|\d+(?:[.,]\d+)?"
)
"""A mark parts groups only with three digits behind each one, and decimals only if nothing follows them."""
MARKS = ("['\u2019]", ",", r"\.")
"""Marks at which a run of several numbers is parted: those before first."""
CLAUSE = re.compile(r",? and |; |\. |\n")

Value = str | float


def numbers(text: str) -> list[float]:
    """Return the numbers of a text in order: `1,234.50`, `1.234,50`, `1'234`, `-7`; `(7)` is 7."""
    return [number(sign, part) for sign, part, _ in _parts(text)]


def amounts(text: str, start: int = 0) -> list[float | None]:
    """Return the numbers of a text from a place on; None for one that an account would mean as negative.

    `(7.50)` and `7.50-` are 7.50 to some and -7.50 to others.
    """
    return [None if doubtful else number(sign, part) for sign, part, doubtful in _parts(text, start)]


def _parts(text: str, start: int = 0) -> Iterator[tuple[str, str, bool]]:
    """Yield sign, digits with marks, and whether the sign is in doubt, of each number."""
    for found in NUMBER.finditer(text, start):
        bracketed = found["opens"] is not None and found["closes"] is not None
        doubtful = not found["sign"] and (bracketed or found["behind"] is not None)
        first, *more = parted(found["run"])
        yield found["sign"] or "", first, doubtful
        yield from (("", part, doubtful) for part in more)


def parted(run: str) -> list[str]:
    """Return the numbers that a run of digits and marks holds: `2,3,5` has three, `2,305` one."""
    if FORMS.fullmatch(run):
        return [run]
    mark = next(mark for mark in MARKS if re.search(mark, run))
    return [part for piece in re.split(mark, run) if piece for part in parted(piece.strip(".,'\u2019"))]


def number(sign: str, written: str) -> float:
    """Return a number as it is written; a single comma with three digits behind it parts thousands."""
    plain = re.sub("['\u2019]", "", written)
    whole, mark, broken = plain.rpartition(max(",.", key=plain.rfind))
    groups = mark in whole or (mark == "," and len(broken) == 3 and re.fullmatch(r"[1-9]\d{0,2}", whole))
    digits = re.sub("[.,]", "", plain) if not mark or groups else re.sub("[.,]", "", whole) + "." + broken
    return -float(digits) if sign else float(digits)


def same(one: Value | None, other: Value | None) -> bool:
    """Tell whether two values are the same, whatever their white space and rounding noise."""
    if isinstance(one, str) and isinstance(other, str):
        return one.split() == other.split()
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < 1e-6 * max(1, abs(one))
    return False


def stands(value: Value, text: str) -> bool:
    """Tell whether a value stands in a text."""
    if isinstance(value, str):
        return bool(value.strip()) and tidy(value) in tidy(text)
    return any(same(value, found) for found in amounts(text))


def tidy(text: str) -> str:
    """Return a text with single spaces."""
    return " ".join(text.split())


def clauses(text: str) -> list[str]:
    """Return the parts of a text in each of which what is said is coupled; a comma alone does not part them."""
    return CLAUSE.split(text)
