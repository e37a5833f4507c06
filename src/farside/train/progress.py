"""How far long work is, and how long it will take: one line, written over in a terminal."""

from __future__ import annotations

import sys
import time


class Progress:
    """Tells at most once a second, on stderr."""

    def __init__(self, what: str, whole: float, done: float = 0) -> None:
        """`done`: what an earlier process did already; the time left is reckoned without it."""
        self._what, self._whole, self._done, self._first = what, whole, done, done
        self._began = self._told = time.monotonic()

    def add(self, amount: float, more: str = "") -> None:
        """Count what was done, and tell of it; `more` is told behind it."""
        self._done += amount
        now = time.monotonic()
        if now - self._told >= 1:
            self._told = now
            self._tell(now, more)

    def end(self) -> None:
        """Tell a last time, and leave the line."""
        self._tell(time.monotonic(), "")
        if sys.stderr.isatty():
            print(file=sys.stderr)

    def _tell(self, now: float, more: str) -> None:
        rate = (self._done - self._first) / max(now - self._began, 1e-9)
        left = (self._whole - self._done) / rate if rate else 0
        line = f"{self._what}: {self._done:,.0f} of {self._whole:,.0f}, {minutes(left)} left{more}"
        if sys.stderr.isatty():
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)


def minutes(seconds: float) -> str:
    """Return a span as `4 min 05 s`."""
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60:02} s" if whole >= 60 else f"{whole} s"
