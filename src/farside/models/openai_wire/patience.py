"""How long and how often to ask again."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from farside.errors import FarsideError
from farside.models.base import ModelError, OnNotice

T = TypeVar("T")


class Passing(Exception):
    """A fault that may pass: ask again. `final` is what to raise when asking is over."""

    def __init__(self, final: ModelError, retry_after: float | None = None, tries: int | None = None) -> None:
        super().__init__(str(final))
        self.final = final
        self.retry_after = retry_after
        """Seconds that the peer asked to wait."""
        self.tries = tries
        """Fewer tries than usual for this fault; None = as usual."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Bounds of waiting, in seconds."""

    stall: float = 120.0
    """Without a byte, or without an event since the last one, for so long, the stream counts as broken."""
    tries: int = 8
    first: float = 1.0
    """The wait after the first fault; it doubles from fault to fault, with up to half of it taken off by chance."""
    longest: float = 120.0
    """No single wait is longer, whatever the peer asks for."""
    total: float = 900.0
    """No wait begins that would end later than this after the first try."""

    @staticmethod
    def from_environment() -> Patience:
        """Read FARSIDE_STALL_S (stall) and FARSIDE_RETRY_S (first).

        Raises:
            FarsideError: a value is not a positive number.
        """
        return Patience(stall=_seconds("FARSIDE_STALL_S", 120.0), first=_seconds("FARSIDE_RETRY_S", 1.0))

    def wait(self, number: int, retry_after: float | None) -> float:
        """Return the seconds to wait after fault `number` (from 1)."""
        if retry_after is not None:
            return min(max(retry_after, 0.0), self.longest)
        return min(self.first * 2.0 ** (number - 1), self.longest) * random.uniform(0.5, 1.0)

    def persist(self, attempt: Callable[[], T], on_notice: OnNotice) -> T:
        """Call `attempt` until it returns; KeyboardInterrupt ends a wait at once.

        Raises:
            ModelError: from `attempt`, or the last fault's `final` when patience is over.
        """
        start = time.monotonic()
        number = 1
        while True:
            try:
                return attempt()
            except Passing as fault:
                tries = min(self.tries, fault.tries or self.tries)
                wait = self.wait(number, fault.retry_after)
                if number >= tries or time.monotonic() - start + wait > self.total:
                    raise fault.final from fault
                number += 1
                on_notice(f"{str(fault).rstrip('.')}, waiting {wait:.3g} s (try {number} of {tries})")
            time.sleep(wait)


def _seconds(name: str, default: float) -> float:
    text = os.environ.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not value > 0:
        raise FarsideError(f"{name} must be a positive number of seconds, not {text!r}.", f"unset {name}")
    return value
