"""Fake quantization: weights rounded as the INT4 checkpoint will hold them, gradients straight through."""

from __future__ import annotations

import torch
from torch import Tensor

from farside.k2.int4 import encode, scales
from farside.k2.scheme import GROUP


def rounded(weight: Tensor) -> Tensor:
    """Return a weight [..., out, in] as `farside.k2.int4.quantize` then `dequantize` give it back, in its own dtype.

    To the bit: no rounding of a sum comes in. Quantized is what a bf16 checkpoint would hold. The gradient is that of
    the weight itself (arXiv 1308.3432).
    """
    with torch.no_grad():
        held = weight.bfloat16().contiguous()
        scale = scales(held)
        groups = encode(held, scale).view(*held.shape[:-1], -1, GROUP)
        back = (groups.to(scale.dtype) * scale.unsqueeze(-1)).view(held.shape).to(weight.dtype)
    return back + (weight - weight.detach())
