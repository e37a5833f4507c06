"""Output that is bounded where it arises: its head and its tail are kept, what lies between is counted."""

from __future__ import annotations

import os


class Capture:
    """Keeps the first and the last `limit // 2` bytes of a stream, however long it is."""

    def __init__(self, limit: int) -> None:
        self._half = limit // 2
        self._head = bytearray()
        self._tail = bytearray()
        self._cut = 0

    def add(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        room = self._half - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > 2 * self._half:
            self._trim()

    def _trim(self) -> None:
        surplus = max(0, len(self._tail) - self._half)
        self._cut += surplus
        del self._tail[:surplus]

    def read(self, descriptor: int) -> bool:
        """Take what a readable descriptor holds now; False at its end."""
        data = os.read(descriptor, 1 << 18)
        self.add(data)
        return bool(data)

    def drain(self, descriptor: int) -> None:
        """Take what a non-blocking descriptor still holds, without waiting for its end."""
        for _ in range(64):  # somebody may go on printing: a pipe holds less than this
            try:
                if not self.read(descriptor):
                    return
            except BlockingIOError:
                return

    def take(self) -> bytes:
        """Return what was kept, with a line that says what was dropped, and start anew."""
        self._trim()
        between = f"\n[... {self._cut:,} bytes dropped here ...]\n".encode() if self._cut else b""
        kept = bytes(self._head) + between + bytes(self._tail)
        self._head, self._tail, self._cut = bytearray(), bytearray(), 0
        return kept
