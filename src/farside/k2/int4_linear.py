"""A projection whose matrix stays INT4 in memory: a quarter of bf16, made whole for each use."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from farside.k2.config import Config
from farside.k2.int4 import dequantize
from farside.k2.model import RoutedExperts, SwiGLU
from farside.k2.scheme import CODES_A_WORD, GROUP
from farside.k2.seams import Experts


class Int4Linear(nn.Module):
    """x W^T with W [out, width] as codes and scales; exactly a bf16 projection with `dequantize`d weights.

    The plain form, for the oracle: it takes as long as unpacking does.
    """

    weight_packed: Tensor
    weight_scale: Tensor
    weight_shape: Tensor

    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        self.shape = (out, width)
        self.register_buffer("weight_packed", torch.zeros(out, width // CODES_A_WORD, dtype=torch.int32))
        self.register_buffer("weight_scale", torch.zeros(out, width // GROUP, dtype=torch.bfloat16))
        self.register_buffer("weight_shape", torch.tensor(self.shape))

    def forward(self, x: Tensor) -> Tensor:
        """Take [..., width] to [..., out]."""
        return functional.linear(x, dequantize(self.weight_packed, self.weight_scale, self.shape).to(x.dtype))


def int4_experts(config: Config, layer: int) -> Experts:
    """Make the experts of a layer in INT4."""
    width, inner = config.hidden_size, config.moe_intermediate_size
    return RoutedExperts(SwiGLU(width, inner, Int4Linear) for _ in range(config.n_routed_experts))
