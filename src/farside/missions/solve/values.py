"""Numbers as a calculation prints them and an answer rounds them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

SMALL = 10
"""Whole numbers below it count things, and need no cell beside the result."""
PRECISE = 3
"""Significant digits from which on a whole number may be a rounded one."""
CLOSE = Decimal("1e-9")
"""Relative difference of two outputs that are the same value."""
NOISE = Decimal("1e-15")
"""Beside the largest number of an output, what is as small may be rounding noise: `sin(pi)`."""
MOST = 100_000
"""Characters of a text that are looked into for numbers: its beginning and its end."""
ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
ITEM = re.compile(r"^[ \t]*\d{1,3}[.)]\s", re.MULTILINE)
RAISED = str.maketrans(
    "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b\u2212", "0123456789+--"
)
NUMBER = re.compile(
    r"(?<![\w.])(?P<sign>[-\u2212]?)"
    r"(?P<digits>\d{1,3}(?:[,\u2009\u202f]\d{3})+(?:\.\d+)?|\d+(?:_\d+)*(?:\.\d+)?|\.\d+)"
    r"(?:[eE](?P<exponent>[-+]?\d{1,4})"
    r"|[ \u2009\u202f]?(?:[x*\u00d7\u00b7]|\\times|\\cdot)[ \u2009\u202f]?10"
    r"(?:(?:\^|\*\*)[{(]?(?P<ten>[-+\u2212]?\d{1,4})[)}]?"
    r"|(?P<raised>[\u207a\u207b]?[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+)))?"
    r"(?P<percent>\s?%)?"
)
"""`1,234.5`, `-7`, `6.02e23`, `6.02 x 10^23`, `12 %`; digits that belong to a name (`x1`) are none."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written."""

    written: str
    value: Decimal
    unit: Decimal
    """Of the last digit that is written."""
    percent: bool = False

    @property
    def digits(self) -> int:
        """How many digits are significant."""
        return len(self.value.as_tuple().digits)

    @property
    def is_whole(self) -> bool:
        """Whether no digit stands behind the point."""
        return self.unit >= 1

    @property
    def is_small(self) -> bool:
        """Whether it is a whole number that may only count something."""
        return self.is_whole and abs(self.value) < SMALL

    @property
    def slack(self) -> Decimal:
        """How far what it was rounded from may lie: half of the last digit; nothing for a short whole number."""
        return Decimal(0) if self.is_whole and self.digits < PRECISE else self.unit / 2

    def rounds(self, other: Number) -> bool:
        """Tell whether it may be `other`, rounded; 12 % may be 0.12."""
        gap = self.slack * (1 + CLOSE)
        return abs(self.value - other.value) <= gap or (
            self.percent and not other.percent and abs(self.value / 100 - other.value) <= gap / 100
        )


@lru_cache(maxsize=32)
def numbers(text: str) -> tuple[Number, ...]:
    """Return the numbers of a text in order, of a long one those of its ends. Addresses of objects are none."""
    ends = text if len(text) <= MOST else f"{text[: MOST // 2]}\n[...]\n{text[-MOST // 2 :]}"
    return tuple(map(_number, NUMBER.finditer(ADDRESS.sub(" ", ends))))


def _number(found: re.Match[str]) -> Number:
    digits = re.sub("[,_\u2009\u202f]", "", found["digits"])
    power = int(
        (found["exponent"] or found["ten"] or found["raised"] or "0").translate(RAISED).replace("\u2212", "-")
    )
    unit = Decimal((0, (1,), power - len(digits.partition(".")[2])))
    value = Decimal(f"{'-' if found['sign'] else ''}{digits}e{power}")  # exact, where arithmetic keeps 28 digits
    return Number(found[0].strip(), value, unit, found["percent"] is not None)


def stands(number: Number, outputs: Iterable[str]) -> bool:
    """Tell whether a number of an answer stands in one of the outputs, rounded or not."""
    return any(number.rounds(other) for text in outputs for other in numbers(text))


def result(answer: str, problem: str) -> list[Number]:
    """Return the numbers of the answer's result: of the last line that has one which the problem does not state.

    Whole numbers below 10 are part of it only where the line has no others: `rounded to 4 decimals, it is 2.6141`.
    """
    known = {number.value for number in numbers(problem)}
    lines = [list(there) for line in answer.splitlines() if (there := numbers(ITEM.sub("", line)))]
    new = [found for line in lines if (found := [number for number in line if number.value not in known])]
    last = (new or lines or [[]])[-1]
    return [number for number in last if not number.is_small] or last


def claimed(answer: str, problem: str) -> list[Number]:
    """Return the numbers of an answer that have to stand in an output, each once: the result, and all but counts."""
    known = {number.value for number in numbers(problem)}
    other = [number for number in numbers(ITEM.sub("", answer)) if number.value not in known and not number.is_small]
    found = {number.value: number for number in (*other, *result(answer, problem))}
    return list(found.values())


def same(before: str, now: str) -> bool:
    """Tell whether two outputs hold the same values: the same text around numbers that differ by rounding noise."""
    one, other = ADDRESS.sub("", before), ADDRESS.sub("", now)
    if one == other:
        return True
    left, right = (list(map(_number, NUMBER.finditer(text))) for text in (one, other))
    noise = NOISE * max((abs(number.value) for number in (*left, *right)), default=Decimal(0))
    return (
        len(left) == len(right)
        and NUMBER.sub("#", one).split() == NUMBER.sub("#", other).split()
        and all(_close(a.value, b.value, noise) for a, b in zip(left, right, strict=True))
    )


def _close(one: Decimal, other: Decimal, noise: Decimal) -> bool:
    return abs(one - other) <= max(CLOSE * max(abs(one), abs(other)), noise)
