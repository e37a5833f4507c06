"""The guard against going in circles: nudge, reflect, roll back, stop with a report. Pure.

Only calls that bring nothing new count. New output or changed files are progress, so bulk work passes; a call
that took its time is waiting for something, so polling passes too.
"""

from __future__ import annotations

from itertools import takewhile
from typing import Literal

from farside.agent.state import CallRecord, RunState

Judgement = Literal["nudge", "reflect", "roll back", "stop"]

REPEATS = (3, 5, 8)
"""Near-identical calls without progress at which the guard nudges, asks to reflect, rolls back."""
STREAK = (8, 14, 20)
"""Different calls without progress at which it does the same."""
WAITING_S = 1.0
"""A call this long is waiting; it counts a tenth."""
MAX_ROLLBACKS = 3


def judge(state: RunState) -> Judgement | None:
    """Return what the guard has to say now, or None."""
    idle = [record for record in idle_streak(state) if not record.ours]
    if not idle:
        return None
    repeats = sum(_cost(record) for record in idle if record.signature == idle[0].signature)
    streak = sum(_cost(record) for record in idle)
    level = sum(repeats >= r or streak >= s for r, s in zip(REPEATS, STREAK, strict=True))
    if level <= state.guard_level:
        return None
    if level < len(REPEATS):
        return "nudge" if level == 1 else "reflect"
    return "roll back" if state.rollbacks < MAX_ROLLBACKS else "stop"


def idle_streak(state: RunState) -> list[CallRecord]:
    """Return the last calls in a row without progress, the latest first."""
    return list(takewhile(lambda record: not record.progress, reversed(state.records)))


def _cost(record: CallRecord) -> float:
    return 0.1 if record.seconds >= WAITING_S and record.status == "ok" else 1.0
