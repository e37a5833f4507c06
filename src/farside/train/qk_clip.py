"""QK-Clip: attention logits are kept below a bound by the weights themselves (arXiv 2507.20534, section 2.1).

K2 takes the largest logit of all sequences of a step. Here it is that of one sequence a step, and of a long one
that of some of its queries, a sample: clipping acts on weights that drift over many steps, and no kernel of torch
gives the logits away.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import Module

from farside.train.attention import FusedAttention
from farside.train.processes import shared_out

BOUND = 100.0


@torch.no_grad()
def clip(attention: FusedAttention, bound: float = BOUND) -> None:
    """Scale the heads whose largest logit is above the bound; the rotary key, which all heads share, stays.

    A logit is q^C k^C + q^R k^R: q^C and k^C are scaled by sqrt(g), q^R by g, with g = bound / largest.
    """
    if attention.largest is None:
        return
    config = attention.config
    nope = config.qk_nope_head_dim
    g = (bound / attention.largest.clamp(min=bound))[:, None]
    of_query = (attention.q_proj if config.q_lora_rank is None else attention.q_b_proj).weight
    scale(of_query, g.sqrt().expand(-1, nope), g.expand(-1, config.qk_rope_head_dim))
    scale(attention.kv_b_proj.weight, g.sqrt().expand(-1, nope), torch.ones(len(g), config.v_head_dim))


def scale(weight: Tensor | Module, first: Tensor, rest: Tensor) -> None:
    """Multiply the rows of a weight [H x d, width] by factors: each head's rows by `first` [H, n], then `rest`."""
    assert isinstance(weight, Tensor)
    weight.mul_(shared_out(torch.cat((first, rest), dim=1).flatten()[:, None], weight))
