"""A circuit breaker: a server that fails again and again is left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

FAILURES = 3
"""In a row, before it rests."""
REST = 60.0
"""Seconds; the next call after that is the trial, and another failure begins the rest anew."""


@dataclass(slots=True)
class Breaker:
    """Counts the failures of one server."""

    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    _until: float = 0.0

    def rests(self) -> float:
        """Return for how many seconds it is still left alone; 0 = it may be called."""
        return max(self._until - self.clock(), 0.0)

    def failed(self) -> None:
        """Note that it did not answer."""
        self.failures += 1
        if self.failures >= FAILURES:
            self._until = self.clock() + REST

    def answered(self) -> None:
        """Note that it answered, be it with an error of its own."""
        self.failures, self._until = 0, 0.0
