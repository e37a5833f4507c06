"""QK-Clip: attention logits are kept below a bound by the weights themselves (arXiv 2507.20534, section 2.1).

K2 takes the largest logit of all sequences of a step. Here it is that of one sequence a step, a sample: clipping acts
on weights that drift over many steps, and no kernel of torch gives the logits away.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import Module

from farside.train.attention import FusedAttention

BOUND = 100.0


@torch.no_grad()
def clip(attention: FusedAttention, bound: float = BOUND) -> None:
    """Scale the heads whose largest logit is above the bound; the rotary key, which all heads share, stays.

    A logit is q^C k^C + q^R k^R: q^C and k^C are scaled by sqrt(g), q^R by g, with g = bound / largest.
    """
    if attention.largest is None:
        return
    config = attention.config
    nope, heads = config.qk_nope_head_dim, config.num_attention_heads
    g = (bound / attention.largest).clamp(max=1)[:, None, None]
    of_query = by_head((attention.q_proj if config.q_lora_rank is None else attention.q_b_proj).weight, heads)
    of_query[:, :nope] *= g.sqrt()
    of_query[:, nope:] *= g
    by_head(attention.kv_b_proj.weight, heads)[:, :nope] *= g.sqrt()


def by_head(weight: Tensor | Module, heads: int) -> Tensor:
    """View [H x d, width] as [H, d, width]; what is written there is written to the weight."""
    assert isinstance(weight, Tensor)
    return weight.data.view(heads, -1, weight.shape[1])
