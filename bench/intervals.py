"""A rate with its interval: what n tries can say."""

from __future__ import annotations

import math

Z = 1.96
"""Of the normal distribution, for 95%."""


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
