"""What is held out: each name, value, layout and sentence belongs to one split for good, by its digest.

No list has to be kept, and nothing of the held-out set can occur in training by oversight.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from itertools import product
from typing import Literal, TypeVar

Split = Literal["train", "held-out"]
SHARE = 8
"""One of so many things is held out."""
Grammar = Sequence[Sequence[str]]
"""Slots, each with the parts that it may have."""
Thing = TypeVar("Thing")


def digest(thing: object) -> bytes:
    """Return the digest of what a thing prints as."""
    return hashlib.sha256(str(thing).encode()).digest()


def split_of(thing: object) -> Split:
    """Return the split to which a thing belongs, by what it prints as."""
    return "held-out" if digest(thing)[0] % SHARE == 0 else "train"


@cache
def parted(grammar: Grammar, split: Split) -> tuple[str, ...]:
    """Return the sentences of a grammar, one part of each slot put together, that are of a split: both have some."""
    whole = sorted({"".join(parts) for parts in product(*grammar)}, key=digest)
    cut = max(1, len(whole) // SHARE)
    return tuple(whole[:cut] if split == "held-out" else whole[cut:])


def drawn(split: Split, draw: Callable[[], Thing]) -> Thing:
    """Draw until a thing of the split comes."""
    while split_of(thing := draw()) != split:
        pass
    return thing
