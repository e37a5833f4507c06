"""K2's model as it is trained: fused attention, grouped experts, weights of a first spread."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Generator, Tensor, nn

from farside.k2.config import Config
from farside.k2.model import CausalLM
from farside.train.attention import fuse
from farside.train.balance import mixtures
from farside.train.grouped import GroupedExperts, grouped_experts
from farside.train.processes import largest, own

ADAMS = ("embed_tokens", "lm_head", "mlp.gate.")
"""Matrices that AdamW trains: embeddings and head as in K2; that the router is among them is ours."""

ENDS = ("o_proj", "down_proj", "lm_head")
"""What writes into the residual stream, and the head."""


def made(shape: Config, seed: int) -> CausalLM:
    """Make a model in fp32; each matrix is normal with a deviation of 1 / sqrt(inputs).

    Embeddings have a deviation of 1, and what is added to them begins at 0: at first a token's place in the stream
    holds that token and nothing else. The head begins at 0, too.
    """
    model = CausalLM(shape, grouped_experts)
    chance = Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if any(end in name for end in ENDS):
            nn.init.zeros_(parameter)
        elif parameter.dim() == 2:
            spread = 1.0 if "embed_tokens" in name else parameter.shape[1] ** -0.5
            nn.init.normal_(parameter, std=spread, generator=chance)
    fuse(model)
    return model


def grouped(model: CausalLM) -> Iterator[GroupedExperts]:
    """Yield the experts of each layer that has some."""
    for mixture in mixtures(model):
        assert isinstance(mixture.experts, GroupedExperts)
        yield mixture.experts


def matrices(model: CausalLM) -> list[Tensor]:
    """Return what Muon trains."""
    return [p for name, p in model.named_parameters() if p.dim() == 2 and not any(adam in name for adam in ADAMS)]


def others(model: CausalLM) -> list[Tensor]:
    """Return what AdamW trains."""
    return [p for name, p in model.named_parameters() if p.dim() != 2 or any(adam in name for adam in ADAMS)]


def first_broken(model: CausalLM) -> str | None:
    """Return the name of the first tensor that, or whose gradient, is not finite, on whatever process."""
    names = [name for name, _ in model.named_parameters()]
    broken = (place for place, each in enumerate(model.parameters()) if not _is_finite(each))
    left = len(names) - next(broken, len(names))
    most = int(largest(torch.tensor(left)))
    return names[-most] if most else None


def _is_finite(parameter: Tensor) -> bool:
    tensors = (parameter, parameter.grad)
    return all(bool(torch.isfinite(own(tensor)).all()) for tensor in tensors if tensor is not None)
