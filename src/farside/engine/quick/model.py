"""A model's parts, replaced by quick ones. The plain model is the oracle: the same but for the rounding of fp32."""

from __future__ import annotations

from torch import nn

from farside.engine.quick.attention import QuickAttention
from farside.engine.quick.mixture import QuickMixture
from farside.engine.quick.norm import QuickNorm
from farside.k2.model import CausalLM, DecoderLayer, MixtureOfExperts, MultiHeadLatentAttention, RMSNorm


def quicken(model: CausalLM) -> CausalLM:
    """Return the model, which is another from now on: all in fp32, nothing of it INT4, for inference alone."""
    for layer in model.model.layers:
        assert isinstance(layer, DecoderLayer)
        for name, part in [*layer.named_children()]:
            layer.register_module(name, _quick(part))
    model.model.register_module("norm", _quick(model.model.norm))
    return model.float()


def _quick(part: nn.Module) -> nn.Module:
    match part:
        case RMSNorm():
            return QuickNorm(part)
        case MultiHeadLatentAttention():
            return QuickAttention(part)
        case MixtureOfExperts():
            return QuickMixture(part)
    return part
