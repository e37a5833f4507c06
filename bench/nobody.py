"""Nobody looks on while a run is measured."""

from __future__ import annotations

from farside.agent.journal import Entry
from farside.agent.state import RunState
from farside.messages import Part


class Nobody:
    """A watcher that looks away."""

    def event(self, entry: Entry, state: RunState) -> None:
        """Say nothing."""

    def part(self, part: Part) -> None:
        """Say nothing."""

    def notice(self, sentence: str) -> None:
        """Say nothing."""
