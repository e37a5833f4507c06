"""The next token, chosen from logits."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from farside.engine.base import Sampling
from farside.errors import FarsideError


def choose(logits: Tensor, sampling: Sampling, chance: Generator) -> int:
    """Choose one of logits [vocabulary]; a draw takes the same from `chance` whatever the logits are.

    By an exponential race: of independent waiting times E_i / p_i the shortest is that of i with probability p_i.
    A little rounding in the logits then rarely changes the choice.

    Raises:
        FarsideError: the logits are no numbers.
    """
    if not logits.isfinite().all():
        raise FarsideError(
            "The model computed what is no number.", "its weights are damaged: fetch the checkpoint again"
        )
    if sampling.temperature == 0:
        return int(logits.argmax())
    probabilities = filtered(logits.cpu().double().div(sampling.temperature).softmax(-1), sampling)
    waits = torch.empty_like(probabilities).exponential_(generator=chance).clamp_min(1e-300)
    return int((probabilities / waits).argmax())


def filtered(probabilities: Tensor, sampling: Sampling) -> Tensor:
    """Return probabilities [vocabulary] with 0 for what top_p (arXiv 1904.09751) or min_p (2407.01082) drops.

    Both look at all tokens; what stays does not add up to 1.
    """
    stays = probabilities >= sampling.min_p * probabilities.max()
    if sampling.top_p < 1:
        likeliest, order = probabilities.sort(descending=True, stable=True)
        before = likeliest.cumsum(0) - likeliest
        stays[order[before >= sampling.top_p]] = False
    return probabilities * stays
