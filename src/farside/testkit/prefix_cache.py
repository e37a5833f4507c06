"""A provider's prefix cache, to the byte: what of a prompt an earlier one begins with too."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence

from farside.testkit.http import Body

HELD = 8
"""Prompts that are held: more than one, so that a question on the side does not clear the cache."""


class PrefixCache:
    """The latest prompts. In a prompt the tools stand first, then the messages, as chat templates have it."""

    def __init__(self) -> None:
        self._held: deque[list[bytes]] = deque(maxlen=HELD)

    def meet(self, body: Body) -> tuple[int, int]:
        """Hold one more prompt; return its bytes, and how many of them were held already."""
        parts = [_bytes(body.get("tools", [])), *map(_bytes, body["messages"])]
        cached = max((_common(earlier, parts) for earlier in self._held), default=0)
        self._held.append(parts)
        return sum(map(len, parts)), cached


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _common(earlier: Sequence[bytes], now: Sequence[bytes]) -> int:
    """Return how many bytes two prompts share from their beginning on."""
    shared = 0
    for old, new in zip(earlier, now, strict=False):
        if old != new:
            return shared + _alike(old, new)
        shared += len(new)
    return shared


def _alike(old: bytes, new: bytes) -> int:
    differing = (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other)
    return next(differing, min(len(old), len(new)))
