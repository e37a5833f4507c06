"""What a sequence may say next: what came after its last tokens when they came before.

Guesses are run together with what is known, and taken where they are what is chosen: the same tokens in fewer passes.
They are looked up in the sequence itself, without a second model (prompt lookup; the principle: arXiv 2211.17192).
An agent's run says its calls' frame again and again, and copies names and figures.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SAME = (4, 3, 2, 1)
"""So many last tokens are looked for, the most first."""


def guessed(ids: Sequence[int], most: int) -> list[int]:
    """Return up to `most` tokens that may follow `ids`: those after the latest place with the same last tokens.

    The fewer are alike, the shorter is the guess: three tokens for each.
    """
    whole = np.fromiter(ids, np.int32, len(ids))
    for count in SAME:
        if count < len(whole) and (place := _latest(whole, count)) is not None:
            return [*ids[place : place + min(most, 3 * count)]]
    return []


def _latest(ids: np.ndarray, count: int) -> int | None:
    """Return where what followed begins: behind the latest `count` tokens that are the last ones."""
    places = len(ids) - count
    alike = np.ones(places, dtype=bool)
    for offset in range(count):
        alike &= ids[offset : offset + places] == ids[places + offset]
    found = np.flatnonzero(alike)
    return int(found[-1]) + count if len(found) else None
