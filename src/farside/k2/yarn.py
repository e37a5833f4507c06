"""Rotary positions stretched past the length of pre-training: YaRN, "NTK-by-parts" (arXiv 2309.00071).

A head's rotary part is d/2 pairs; pair i turns by theta^(-2i/d) a token. Pairs that turn often within the original
length stay as they are, pairs that turn less than once are slowed by `factor`, a ramp joins both (section 3.2). The
temperature of attention (section 3.4) goes into the softmax scale, as in DeepSeek-V3 (arXiv 2412.19437, section 4.3).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from farside.k2.config import Config, Yarn


def inverse_frequencies(config: Config) -> Tensor:
    """Return how far each pair turns a token, in radians: fp32 [qk_rope_head_dim / 2], on the CPU.

    In fp32 and in this order of operations, as models of the family are trained and served: at position 262,143 the
    rounding of these numbers is a hundredth of a radian, so a more exact table would be another model.
    """
    d = config.qk_rope_head_dim
    wavelengths = config.rope_theta ** (torch.arange(0, d, 2, dtype=torch.float32, device="cpu") / d)
    if config.rope_scaling is None:
        return 1.0 / wavelengths
    low, high = ramp_ends(config.rope_scaling, d, config.rope_theta)
    ramp = (torch.arange(d // 2, dtype=torch.float32, device="cpu") - low) / (high - low)
    kept = 1 - ramp.clamp(0, 1)
    return 1.0 / (config.rope_scaling.factor * wavelengths) * (1 - kept) + 1.0 / wavelengths * kept


def ramp_ends(yarn: Yarn, d: int, theta: float) -> tuple[float, float]:
    """Return the pairs where slowing begins and where it is whole: YaRN, section 3.2.

    With beta_fast = beta_slow = 1 (K2) the ramp is a step: pairs 0 to 19 stay, 20 to 31 are divided by the factor.
    """
    low = max(math.floor(_pair_that_turns(yarn.beta_fast, yarn, d, theta)), 0)
    high = min(math.ceil(_pair_that_turns(yarn.beta_slow, yarn, d, theta)), d - 1)
    return low, high if high != low else high + 0.001


def _pair_that_turns(times: float, yarn: Yarn, d: int, theta: float) -> float:
    """Return the pair, a fraction too, that turns so many times within the original length."""
    return d * math.log(yarn.original_max_position_embeddings / (times * 2 * math.pi)) / (2 * math.log(theta))


def temperature(yarn: Yarn, mscale: float) -> float:
    """Return m = 0.1 mscale ln(factor) + 1: sqrt(1/t) of YaRN, section 3.4; DeepSeek-V3, section 4.3."""
    return 0.1 * mscale * math.log(yarn.factor) + 1.0 if yarn.factor > 1 else 1.0


def softmax_scale(config: Config) -> float:
    """Return what the scores of attention are multiplied with: m^2 / sqrt(192) for K2."""
    m = temperature(config.rope_scaling, config.rope_scaling.mscale_all_dim) if config.rope_scaling else 1.0
    return m * m / math.sqrt(config.qk_head_dim)


def rotation_scale(config: Config) -> float:
    """Return what cos and sin are multiplied with: 1 where mscale is mscale_all_dim, as in all known models."""
    yarn = config.rope_scaling
    return temperature(yarn, yarn.mscale) / temperature(yarn, yarn.mscale_all_dim) if yarn else 1.0


def turns(positions: Tensor, frequencies: Tensor, scale: float) -> tuple[Tensor, Tensor]:
    """Return cos and sin [T, d/2], fp32, of the angles of tokens at positions [T]."""
    angles = positions.float()[:, None] * frequencies.to(positions.device)
    return angles.cos() * scale, angles.sin() * scale


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn the pairs of x [T, ..., d] by angles [T, d/2]: RoFormer (arXiv 2104.09864), equation 34.

    Pair i is elements (2i, 2i + 1): the family's weights have them side by side, not half a head apart.
    """
    shape = (cos.shape[0], *(1 for _ in x.shape[1:-1]), cos.shape[1])
    cos, sin = cos.view(shape), sin.view(shape)
    even, odd = x[..., 0::2].float(), x[..., 1::2].float()
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2).to(x.dtype)
