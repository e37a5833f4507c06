"""Where the losses of a stage are heading: a training that diverged, though all of its numbers are finite. Pure.

A loss that has risen above its lowest by ln(vocabulary) is one of a model that does worse than guessing, however good
the lowest was. Single spikes are ordinary: only losses that are smoothed stop a stage.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SHARE = 0.3
"""Of the newest loss in the smoothed one."""


@dataclass(frozen=True, slots=True)
class Trend:
    """The losses so far, in nats."""

    smoothed: float = math.inf
    lowest: float = math.inf
    """Of the smoothed ones; that of no losses is inf."""

    def after(self, loss: float) -> Trend:
        """Return what it is with one loss more."""
        begun = self.smoothed < math.inf
        smoothed = self.smoothed + SHARE * (loss - self.smoothed) if begun else loss
        return Trend(smoothed, min(self.lowest, smoothed))

    def is_spike(self, loss: float, vocabulary: int) -> bool:
        """Tell whether a loss is as far above the lowest as guessing is above knowing."""
        return loss - self.lowest > math.log(vocabulary)

    def has_diverged(self, vocabulary: int) -> bool:
        """Tell whether the losses are."""
        return self.is_spike(self.smoothed, vocabulary)
