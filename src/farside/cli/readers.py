"""Who reads what is printed may go away, and a device may be full: neither tears a run or ends in a traceback."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO


class Stream:
    """A text stream that never raises OSError: after the first one, what is written vanishes.

    A run that is worked on meanwhile is paused, rather than spent unseen.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.trouble: OSError | None = None

    def write(self, text: str) -> int:
        """Write, or give up on it for good."""
        try:
            return self._stream.write(text)
        except OSError as error:
            self._give_up(error)
            return len(text)

    def flush(self) -> None:
        """Flush, or give up on it for good."""
        try:
            self._stream.flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self.trouble = error
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._stream.fileno())  # the rest in its buffer vanishes there too
        os.close(null)
        if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # a run waits for a reason to pause
            os.kill(os.getpid(), signal.SIGINT)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def guarded() -> Iterator[Stream]:
    """Guard stdout and stderr during the block; give stdout's guard. Closed ones are opened as nothing."""
    before = sys.stdout, sys.stderr
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:  # no file of ours may come to lie there
        pass
    os.close(descriptor)
    out, err = (Stream(stream or open(os.devnull, "w")) for stream in before)  # noqa: PTH123, SIM115 - never closed
    for stream in (out, err):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")  # a character that the encoding lacks must not end a run
    sys.stdout, sys.stderr = out, err
    try:
        yield out
    finally:
        sys.stdout, sys.stderr = before
