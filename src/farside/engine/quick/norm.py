"""RMSNorm in four operations."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from farside.k2.model import RMSNorm


class QuickNorm(nn.Module):
    """x / sqrt(mean(x^2) + eps) = sqrt(D) x / hypot(|x|, sqrt(D eps)), times the weight; in fp32."""

    def __init__(self, plain: RMSNorm) -> None:
        super().__init__()
        width = len(plain.weight)
        self.weight = plain.weight.float() * math.sqrt(width)
        self.least = torch.tensor(math.sqrt(width * plain.eps))

    def forward(self, x: Tensor) -> Tensor:
        """Take [..., D] to the same shape."""
        length = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
        return x / torch.hypot(length, self.least) * self.weight
