"""What the columns of a table hold, in a few words: the model is told this instead of rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from farside.prompts import render
from farside.tools.figures import Value

FILE = "file"
"""The column that holds the name of the file of a row."""
MOST_DECIMALS = 6


def profile(rows: Sequence[Mapping[str, Value]]) -> str:
    """Return a line for each column of the rows. The name of the file stands last: it is the least to group by."""
    names = sorted(rows[0], key=lambda name: name == FILE)
    return "\n".join(f"- row[{name!r}]: {content(name, [row[name] for row in rows])}" for name in names)


def content(name: str, values: Sequence[Value]) -> str:
    """Return what a column holds."""
    if name == FILE:
        return "text, the name of the file"
    amounts = [value for value in values if not isinstance(value, str)]
    if len(amounts) == len(values):
        places = decimals(amounts)
        how = render(__package__, "decimals.md", places=places) if 0 < places <= MOST_DECIMALS else ""
        return f"a number, from {min(amounts)} to {max(amounts)}{how and f'; {how}'}"
    different = list(dict.fromkeys(values))
    if len(different) == len(values):
        return f"text, different in every row, like {different[0]!r}"
    return f"text, {len(different)} different ones, each in several rows, like {different[0]!r}"


def decimals(amounts: Sequence[float]) -> int:
    """Return the most decimals that a number has."""
    broken = (number for number in amounts if math.isfinite(number) and number != int(number))
    return max((len(repr(float(number)).partition(".")[2]) for number in broken), default=0)
