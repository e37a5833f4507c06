"""A stream of bytes as lines, none longer than may be held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

LONGEST = 8 * 2**20
"""Bytes of one message."""


class TooLong(Exception):
    """A line does not end."""


@dataclass(slots=True)
class Lines:
    """Takes pieces and gives whole lines."""

    longest: int = LONGEST
    _parts: list[bytes] = field(default_factory=list)
    _size: int = 0

    def take(self, piece: bytes) -> Iterator[bytes]:
        """Yield the lines that end in this piece.

        Raises:
            TooLong: the line that is open is longer than `longest`.
        """
        *ended, rest = piece.split(b"\n")
        for end in ended:
            line = b"".join((*self._parts, end))
            self._parts, self._size = [], 0
            yield line
        self._parts.append(rest)
        self._size += len(rest)
        if self._size > self.longest:
            raise TooLong
