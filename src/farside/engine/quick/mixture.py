"""Experts whole in memory, in fewer products: gate and up are one matrix, and the router is part of the first one."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from farside.engine.quick.weights import weight_of
from farside.k2.model import MixtureOfExperts, RoutedExperts, SwiGLU


class QuickMixture(nn.Module):
    """`MixtureOfExperts` in fp32; what is INT4 is unpacked once, when the model is opened."""

    def __init__(self, plain: MixtureOfExperts) -> None:
        super().__init__()
        assert isinstance(plain.experts, RoutedExperts)
        self.router = plain.gate
        router, shared = weight_of(plain.gate), gate_and_up(plain.shared_experts)
        self.first, self.parts = torch.cat((router, shared)), [len(router), len(shared)]
        self.shared_down = weight_of(plain.shared_experts.down_proj)
        experts = [expert for expert in plain.experts if isinstance(expert, SwiGLU)]
        self.inner = [gate_and_up(expert) for expert in experts]
        self.down = [weight_of(expert.down_proj) for expert in experts]

    def forward(self, x: Tensor) -> Tensor:
        """Take [T, D] to [T, D]."""
        affinity, shared = torch.split(functional.linear(x, self.first), self.parts, dim=-1)
        y = functional.linear(gated(shared), self.shared_down)
        chosen, weights = self.router.choose(affinity.sigmoid())
        if len(x) == 1:
            for expert, weight in zip(chosen[0].tolist(), weights[0], strict=True):
                y = torch.addcmul(y, weight, self.run(expert, x))
            return y
        order = chosen.flatten().argsort(stable=True)
        token, loads = order // chosen.shape[1], chosen.flatten().bincount(minlength=len(self.down))
        stretches = torch.split(x[token], loads.tolist())
        out = torch.cat([self.run(expert, rows) for expert, rows in enumerate(stretches) if len(rows)])
        return y.index_add_(0, token, out * weights.flatten()[order, None])

    def run(self, expert: int, x: Tensor) -> Tensor:
        """Run one routed expert on [T, D]."""
        return functional.linear(gated(functional.linear(x, self.inner[expert])), self.down[expert])


def gate_and_up(expert: SwiGLU) -> Tensor:
    """Return both matrices as one [2 I, D]."""
    return torch.cat((weight_of(expert.gate_proj), weight_of(expert.up_proj)))


def gated(both: Tensor) -> Tensor:
    """Take gate and up [T, 2 I] to [T, I]."""
    gate, up = both.chunk(2, dim=-1)
    return functional.silu(gate) * up
