"""A rate with its interval: what n tries can say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import stdev

Z = 1.96
"""Of the normal distribution, for 95%."""
FEW = (12.706, 4.303)
"""Student's t for 95%, one and two degrees of freedom."""


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """Return the 95% interval of a rate (Wilson 1927); tries: 1 or more."""
    rate, spread = hits / tries, Z * Z / tries
    middle = (rate + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(rate * (1 - rate) / tries + spread / (4 * tries))
    return max(0.0, middle - half), min(1.0, middle + half)


def told(hits: int, tries: int) -> str:
    """Return `18 of 20 = 90% (70 to 97%)`."""
    low, high = wilson(hits, tries)
    return f"{hits} of {tries} = {hits / tries:.0%} ({low:.0%} to {high:.0%})"


def paired(gained: int, lost: int, tries: int) -> str:
    """Return by how much one of two is better on the same tries: `+10 points (+1 to +19), p = 0.06`.

    gained, lost: tries that only this one, or only the other, got right. The interval is that of Agresti and Min
    (2005), for 95%; p is exact (McNemar): how often as uneven a count would come by chance.
    """
    more, less, all_ = gained + 0.5, lost + 0.5, tries + 2
    middle = (more - less) / all_
    half = Z * math.sqrt(more + less - (more - less) ** 2 / all_) / all_
    apart = gained + lost
    p = min(1.0, 2 * sum(math.comb(apart, count) for count in range(min(gained, lost) + 1)) / 2**apart)
    low, high = max(-1.0, middle - half), min(1.0, middle + half)
    return f"{100 * (gained - lost) / tries:+.0f} points ({100 * low:+.0f} to {100 * high:+.0f}), p = {p:.2g}"


def half_width(values: Sequence[float]) -> float:
    """Return half of the 95% interval of a mean (Student's t); of one value alone it is infinite."""
    if len(values) < 2:
        return math.inf
    return students_t(len(values) - 1) * stdev(values) / math.sqrt(len(values))


def students_t(freedom: int) -> float:
    """Return the quantile of Student's t for 95% (Abramowitz and Stegun 26.7.5, right to 1%)."""
    if freedom <= len(FEW):
        return FEW[freedom - 1]
    terms = (
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
    )
    return Z + sum(term / math.pow(freedom, power) for power, term in enumerate(terms, 1))
