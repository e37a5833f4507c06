"""A judge who takes long says how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from farside.missions.research.judge import Judge, Judgement
from farside.missions.research.spans import Span

SILENT = 1.0
"""Seconds that it may take before anything is said about it."""


@dataclass(slots=True)
class Telling:
    """Implements `Judge` by another; tells each tenth of the sentences."""

    judge: Judge
    notice: Callable[[str], None]
    whole: int
    """Sentences that will be judged."""
    done: int = 0
    began: float = field(default_factory=time.monotonic)

    def __call__(self, sentence: str, spans: Sequence[Span], rivals: Sequence[Span]) -> Judgement:
        """Say how far it is before a tenth begins, then ask."""
        tenth = max(1, self.whole // 10)
        if self.done % tenth == 0 and time.monotonic() - self.began > SILENT:
            self.notice(f"judging: {self.done:,} of {self.whole:,} sentences; Ctrl-C stops, what is judged is kept")
        self.done += 1
        return self.judge(sentence, spans, rivals)
