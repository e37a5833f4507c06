"""Ctrl-C, SIGTERM and SIGHUP: they end what may be ended at once, and never tear a commit from its fold."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Turns SIGINT, SIGTERM and SIGHUP into KeyboardInterrupt, but only inside `open()`; elsewhere they wait.

    A waiting one is raised as soon as `open()` is entered. Only the main thread can catch signals: elsewhere
    nothing is installed and nothing is caught.
    """

    def __init__(self) -> None:
        self.wanted = False
        self._open = False
        self._over = False

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Catch the signals during the block. Blocks may lie in each other."""
        import threading

        before = {}
        if threading.current_thread() is threading.main_thread():
            numbers = [signal.SIGINT, signal.SIGTERM]
            if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup wants it
                numbers.append(signal.SIGHUP)
            before = {number: signal.signal(number, self._on) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, signal.SIG_IGN if self._over else handler)

    def end(self) -> None:
        """Ignore the signals for good once they are not caught any more: all is done and said, the process exits."""
        self._over = True

    @contextmanager
    def open(self) -> Iterator[None]:
        """Let a signal raise KeyboardInterrupt during the block."""
        self._open = True
        try:
            if self.wanted:
                raise KeyboardInterrupt
            yield
        finally:
            self._open = False

    @contextmanager
    def shut(self) -> Iterator[None]:
        """Let signals wait during the block, also inside `open()`: one that came is raised behind the block."""
        before, self._open = self._open, False
        try:
            yield
        finally:
            self._open = before
        if before and self.wanted:
            self._open = False
            raise KeyboardInterrupt

    def _on(self, number: int, frame: FrameType | None) -> None:
        self.wanted = True
        if self._open:
            self._open = False
            raise KeyboardInterrupt
