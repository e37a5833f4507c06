"""The weights of a projection as they are multiplied with."""

from __future__ import annotations

from torch import Tensor, nn

from farside.k2.int4 import dequantize
from farside.k2.int4_linear import Int4Linear


def weight_of(projection: nn.Module) -> Tensor:
    """Return the weight fp32 [out, width]; an INT4 one has the numbers that `dequantize` gives."""
    if isinstance(projection, Int4Linear):
        return dequantize(projection.weight_packed, projection.weight_scale, projection.shape).float()
    weight = projection.weight
    assert isinstance(weight, Tensor)
    return weight.detach().float()
