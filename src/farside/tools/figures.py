"""Numbers as people write them, and what it means that a text says them. Pure."""

from __future__ import annotations

import re

NUMBER = re.compile(r"\d(?:[\d.,'\u2019]*\d)?")
CLAUSE = re.compile(r",? and |; |\. |\n")

Value = str | float


def numbers(text: str) -> list[float]:
    """Return the numbers of a text in order: `1,234.50`, `1.234,50`, `1'234`, `7`."""
    return [number(found) for found in NUMBER.findall(text)]


def number(written: str) -> float:
    """Return a number as it is written; a single comma with three digits behind it parts thousands."""
    plain = re.sub("['\u2019]", "", written)
    last = max(plain.rfind(","), plain.rfind("."))
    if last < 0:
        return float(plain)
    mark = plain[last]
    if plain.count(mark) > 1 or (mark == "," and len(plain) - last == 4):
        return float(re.sub("[.,]", "", plain))
    return float(re.sub("[.,]", "", plain[:last]) + "." + plain[last + 1 :])


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
    return any(same(abs(value), found) for found in numbers(text))


def tidy(text: str) -> str:
    """Return a text with single spaces."""
    return " ".join(text.split())


def clauses(text: str) -> list[str]:
    """Return the parts of a text in each of which what is said is coupled; a comma alone does not part them."""
    return CLAUSE.split(text)
