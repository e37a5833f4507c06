"""Caches of sequences that have ended, for those to come that begin alike."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from farside.k2.latent_cache import LatentCache

MOST = 4
"""So many are kept: a conversation, and questions asked beside it."""


class KeptCaches:
    """The last few sequences with what was computed of them."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: list[tuple[list[int], LatentCache]] = []
        """The ids that each cache holds; the latest one last."""

    def keep(self, ids: Sequence[int], cache: LatentCache) -> None:
        """Keep the cache of a sequence; the caller touches it no more. What it has not come to is left out."""
        if cache.length:
            self._kept = [*self._kept, (list(ids[: cache.length]), cache)][-self._most :]

    def take(self, prompt: Sequence[int]) -> LatentCache | None:
        """Return a cache of the longest beginning of `prompt` that is known; the last token is never part of it.

        It is now the caller's. One that goes on otherwise for its greater part is copied and stays.
        """
        shared, which = max(
            ((_alike(ids, prompt), index) for index, (ids, _) in enumerate(self._kept)), default=(0, 0)
        )
        if not shared:
            return None
        cache = self._kept[which][1]
        if 2 * shared < cache.length:
            return _beginning(cache, shared)
        del self._kept[which]
        cache.cut(shared)
        return cache

    def clear(self) -> None:
        """Forget all."""
        self._kept = []


def _alike(ids: Sequence[int], prompt: Sequence[int]) -> int:
    """Return how many tokens are the same from the start, but for the prompt's last."""
    most = min(len(ids), len(prompt) - 1)
    return next((index for index in range(most) if ids[index] != prompt[index]), most)


def _beginning(cache: LatentCache, length: int) -> LatentCache:
    first = copy.copy(cache)
    first.rows, first.length = cache.rows[:, :length].clone(), length
    return first
