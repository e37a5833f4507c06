"""How long what is done before a small model's first reply may take, and whether one more try fits into that.

Such a model seldom mends what it has begun wrongly: most of the time is best spent before it begins.
"""

from __future__ import annotations

import time

from farside.agent.budget import NO_LIMIT, seconds_left
from farside.agent.state import RunState

SHARE = 0.8
"""Of the time that is left for the run; the rest is for the replies and the check of what they claim."""
UNLIMITED = 900
"""Seconds where the time of a run is not limited."""


def seconds_beforehand(state: RunState) -> int:
    """Return how many seconds may go by before the first reply, at least 1."""
    left = seconds_left(state)
    return UNLIMITED if left == NO_LIMIT else max(int(SHARE * left), 1)


class Tries:
    """Time for one try after the other; a try begins only where one as long as the longest so far ends in time."""

    def __init__(self, seconds: float) -> None:
        """The time begins to run now."""
        self._end = time.monotonic() + seconds
        self._began: float | None = None
        self._longest = 0.0

    def another(self) -> bool:
        """Tell whether one more may begin; what is done until the next call is that try."""
        now = time.monotonic()
        if self._began is not None:
            self._longest = max(self._longest, now - self._began)
        self._began = now
        return now + self._longest < self._end
