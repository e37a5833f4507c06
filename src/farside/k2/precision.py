"""The type that this processor multiplies fast."""

from __future__ import annotations

import torch


def fast_type() -> torch.dtype:
    """Return bf16, as K2 has it, where the processor multiplies that, else fp32.

    A processor without the instructions takes a hundred times longer for a product in bf16 than for one in fp32.
    """
    return torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32


def autocast() -> torch.autocast:
    """Return the context in which products are in the fast type, and weights stay fp32."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast_type() is torch.bfloat16)
