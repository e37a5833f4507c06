"""What the columns of a table hold, in a few words: the model is told this instead of rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from farside.tools.figures import Value

MOST_DECIMALS = 6


def profile(table: Sequence[Mapping[str, Value]]) -> str:
    """Return a line for each column of the rows."""
    return "\n".join(f"- row[{name!r}]: {content([row[name] for row in table])}" for name in table[0])


def content(values: Sequence[Value]) -> str:
    """Return what a column holds."""
    amounts = [value for value in values if not isinstance(value, str)]
    if len(amounts) == len(values):
        places = decimals(amounts)
        how = f"; print sums of it with {places} decimals" if 0 < places <= MOST_DECIMALS else ""
        return f"a number, from {min(amounts)} to {max(amounts)}{how}"
    different = list(dict.fromkeys(values))
    if len(different) == len(values):
        return f"text, different in every row, like {different[0]!r}"
    return f"text, {len(different)} different ones, each in several rows, like {different[0]!r}"


def decimals(amounts: Sequence[float]) -> int:
    """Return the most decimals that a number has."""
    return max((len(repr(float(n)).partition(".")[2]) for n in amounts if n != int(n)), default=0)
