"""The order in which examples come: a fresh permutation each epoch, and packs of a number of tokens. Pure.

What comes next follows from how many examples were taken: a stage that was killed goes on with the very next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch


def endless(count: int, seed: int, taken: int) -> Iterator[int]:
    """Yield indices of `count` examples for ever, from the one after `taken` on."""
    epoch, place = divmod(taken, count)
    while True:
        order = torch.randperm(count, generator=torch.Generator().manual_seed(seed * 1_000_003 + epoch))
        yield from order[place:].tolist()
        epoch, place = epoch + 1, 0


def pack(indices: Iterator[int], lengths: Sequence[int], window: int, tokens: int) -> list[int]:
    """Take examples until they hold so many tokens; of each, `window` count at most."""
    taken, sum_ = list[int](), 0
    while sum_ < tokens:
        taken.append(next(indices))
        sum_ += min(window, lengths[taken[-1]])
    return taken


def parts(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Yield indices whose lengths come to `most` at most, or one alone that is longer."""
    part, size = list[int](), 0
    for index, length in enumerate(lengths):
        if part and size + length > most:
            yield part
            part, size = [], 0
        part.append(index)
        size += length
    yield part


def passes(lengths: Sequence[int], most: int, rank: int, count: int) -> list[list[int]]:
    """Return the parts of what one of several processes takes: every `count`-th, from `rank` on.

    All have as many: a process that has nothing to run any more has empty ones, since its share of the weights is
    needed.
    """
    shares = [range(first, len(lengths), count) for first in range(count)]
    each = [[[share[i] for i in part] for part in parts([lengths[i] for i in share], most)] for share in shares]
    return each[rank] + [[]] * (max(map(len, each)) - len(each[rank]))
