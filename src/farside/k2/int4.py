"""INT4 weights as K2 stores them: compressed-tensors `pack-quantized`, 4 bits, symmetric, one scale for 32 inputs.

A weight [out, in] becomes codes q in [-8, 7] and scales [out, in/32]; w = q * scale. A code is stored as the nibble
q + 8, eight codes of neighbouring inputs in an int32 word, the first in the lowest bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from farside.k2.scheme import GROUP

RuleName = Literal["absmax_7_5", "absmax_7"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a weight finds its scales, and which codes it may take."""

    scale_of: Callable[[Tensor], Tensor]
    """Takes the largest magnitude of each group and the dtype in which scales are stored."""
    lowest: int
    highest: int
    widened: bool
    """Divide in fp32; else in the weight's own dtype, and round the quotient to it before it is rounded to a code."""


def _absmax_7_5(absmax: Tensor) -> Tensor:
    """compressed-tensors, `calculate_qparams`: half the range of 15 steps; a group of zeros takes the dtype's eps."""
    scale = absmax / 7.5
    return torch.where(scale == 0, torch.finfo(scale.dtype).eps, scale)


def _absmax_7(absmax: Tensor) -> Tensor:
    """slime and radixark/miles, quantization-aware training: absmax / 7 in fp32, 1e-5 at least."""
    return (absmax.float() / 7).clamp(min=1e-5).to(absmax.dtype)


RULES: dict[RuleName, Rule] = {
    "absmax_7_5": Rule(_absmax_7_5, -8, 7, widened=False),
    "absmax_7": Rule(_absmax_7, -7, 7, widened=True),
}
"""`absmax_7_5` gives compressed-tensors' own bytes; `absmax_7` is what open quantization-aware training uses."""


def scales(weight: Tensor, rule: RuleName = "absmax_7_5") -> Tensor:
    """Return the scales [out, in/32] of a weight [out, in], in its dtype; not finite where the weight is not."""
    return RULES[rule].scale_of(_groups(weight).abs().amax(-1))


def encode(weight: Tensor, scale: Tensor, rule: RuleName = "absmax_7_5") -> Tensor:
    """Return the codes int8 [out, in] of a weight under scales [out, in/32] that may come from elsewhere.

    An export of trained scales calls this with them: they are never found anew.
    """
    of = RULES[rule]
    groups, divisor = _groups(weight), scale.unsqueeze(-1)
    if of.widened:
        groups, divisor = groups.float(), divisor.float()
    return (groups / divisor).clamp(of.lowest, of.highest).round().to(torch.int8).view(weight.shape)


def pack(codes: Tensor) -> Tensor:
    """Pack codes int8 [out, in] into int32 words [out, in/8]; in is a multiple of 32."""
    nibbles = (codes + 8).view(torch.uint8).view(*codes.shape[:-1], -1, 2)
    return (nibbles[..., 0] | nibbles[..., 1] << 4).contiguous().view(torch.int32)


def unpack(packed: Tensor, shape: tuple[int, int]) -> Tensor:
    """Return the codes int8 [out, in] of int32 words [out, in/8]; `shape` is (out, in)."""
    octets = packed.contiguous().view(torch.uint8)
    return (torch.stack((octets & 0xF, octets >> 4), dim=-1).view(torch.int8) - 8).view(shape)


def quantize(weight: Tensor, rule: RuleName = "absmax_7_5") -> tuple[Tensor, Tensor]:
    """Return (packed int32 [out, in/8], scale [out, in/32] in the weight's dtype) of a weight [out, in].

    The codes are found with the scale as stored, so what `dequantize` gives back is what training with the same
    rule saw.
    """
    scale = scales(weight, rule)
    return pack(encode(weight, scale, rule)), scale


def dequantize(packed: Tensor, scale: Tensor, shape: tuple[int, int]) -> Tensor:
    """Return the weight bf16 [out, in]: q * scale[row, column // 32], the product in fp32, then rounded once."""
    product = _groups(unpack(packed, shape)).to(scale.dtype) * scale.unsqueeze(-1)
    return product.to(torch.bfloat16).view(shape)


def _groups(matrix: Tensor) -> Tensor:
    """View [out, in] as [out, in/32, 32]."""
    return matrix.view(*matrix.shape[:-1], -1, GROUP)
