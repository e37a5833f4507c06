"""The seam to whoever looks on while a run is worked on."""

from __future__ import annotations

from typing import Protocol

from farside.agent.journal import Entry
from farside.agent.state import RunState
from farside.messages import Part


class Watcher(Protocol):
    """Whoever looks on: the live view, the JSON printer, a test. It must not raise."""

    def event(self, entry: Entry, state: RunState) -> None:
        """Called for each event once it is on disk, with the state after it."""
        ...

    def part(self, part: Part) -> None:
        """Called for each streamed piece of a reply."""
        ...

    def notice(self, sentence: str) -> None:
        """Called when something takes longer: a retry, a wait."""
        ...


class Nobody:
    """A watcher that looks away."""

    def event(self, entry: Entry, state: RunState) -> None:
        """Say nothing."""

    def part(self, part: Part) -> None:
        """Say nothing."""

    def notice(self, sentence: str) -> None:
        """Say nothing."""
