"""Routed experts for training: those of the plain form, by name and value, but each reads its tokens in one stretch.

Tokens are sorted by expert once, and the weights of a layer are rounded or cast in one go. No expert is padded to the
load of another, however uneven the load is.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from farside.k2.config import Config
from farside.k2.model import RoutedExperts, SwiGLU
from farside.k2.seams import Experts
from farside.train.fake_int4 import rounded
from farside.train.filled import filled


class GroupedExperts(RoutedExperts):
    """The same sum as the plain form; rounding may differ in the last place."""

    rounds: bool = False
    """Weights are rounded as an INT4 checkpoint holds them."""
    load: Tensor | None = None
    """How many tokens of the last forward pass chose each expert [experts]."""

    def forward(self, x: Tensor, chosen: Tensor, weights: Tensor) -> Tensor:
        """See `farside.k2.seams.Experts`."""
        flat = chosen.flatten()
        order = flat.argsort(stable=True)
        self.load = torch.bincount(flat, minlength=len(self))
        token = order // chosen.shape[1]
        wanted = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else x.dtype
        stretches = x.to(wanted)[token].split(self.load.tolist())  # type: ignore[no-untyped-call]
        gates, ups, downs = (self.weights_of(name, wanted) for name in ("gate_proj", "up_proj", "down_proj"))
        out = [
            passed(rows, gate, up, down)
            for rows, gate, up, down in zip(stretches, gates, ups, downs, strict=True)
            if len(rows)
        ]
        share = weights.flatten()[order][:, None]
        total = torch.zeros(x.shape, dtype=torch.float32)
        return total.index_add(0, token, torch.cat(out).float() * share).to(x.dtype)

    def weights_of(self, name: str, dtype: torch.dtype) -> tuple[Tensor, ...]:
        """Return one projection of each expert, transposed [width, out]."""
        weights = torch.stack([getattr(expert, name).weight for expert in self])
        weights = rounded(weights) if self.rounds else weights
        return weights.to(dtype).transpose(1, 2).unbind()


def passed(rows: Tensor, gate: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """Return what an expert makes of its tokens [T, width]; weights are transposed."""
    x = filled(rows)
    return ((functional.silu(x @ gate) * (x @ up)) @ down)[: len(rows)]


def grouped_experts(config: Config, layer: int) -> Experts:
    """Make the experts of a layer for training."""
    width, inner = config.hidden_size, config.moe_intermediate_size
    return GroupedExperts(SwiGLU(width, inner) for _ in range(config.n_routed_experts))
