"""The learning rate over a stage: warm-up, stable, decay (WSD, arXiv 2404.06395, section 4.1)."""

from __future__ import annotations

import math


def wsd(share: float, warm: float, decay: float, least: float) -> float:
    """Return the factor of the learning rate when a share [0, 1] of the stage's tokens is done.

    It rises from 0 over the first `warm`, stays 1, and over the last `decay` falls on a cosine to `least`, as K2's.
    """
    if share < warm:
        return share / warm
    if share <= 1 - decay:
        return 1.0
    return least + (1 - least) * (1 + math.cos(math.pi * (share - 1 + decay) / decay)) / 2


def cooled(share: float, hottest: float, coolest: float) -> float:
    """Return the temperature of sampling when a share [0, 1] of a reinforcement is done: it falls on a line."""
    return hottest + (coolest - hottest) * share
