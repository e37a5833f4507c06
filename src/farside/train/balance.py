"""Balance of the experts without an auxiliary loss (arXiv 2412.19437, section 2.1.2): a bias that only chooses."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from farside.k2.model import CausalLM, MixtureOfExperts


def mixtures(model: CausalLM) -> Iterator[MixtureOfExperts]:
    """Yield the layers that have experts."""
    for layer in model.model.layers:
        if isinstance(layer.mlp, MixtureOfExperts):
            yield layer.mlp


@torch.no_grad()
def rebalance(mixture: MixtureOfExperts, load: torch.Tensor, speed: float) -> float:
    """Raise the bias of experts with less than the mean load [E], lower that of the others.

    Returns the largest load over the mean.
    """
    mixture.gate.e_score_correction_bias += speed * (load.float().mean() - load).sign()
    return busiest(load)


def busiest(load: torch.Tensor) -> float:
    """Return the largest load of an expert [E] over the mean."""
    return float(load.max() / load.float().mean())
