"""Attention for training: the plain form's parameters and result, by torch's fused kernel."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import torch
from torch import Tensor
from torch.nn import functional

from farside.k2.model import CausalLM, MultiHeadLatentAttention
from farside.train.filled import filled

ROWS = 512
"""Queries whose logits are in memory together: of 32K tokens all would take 17 GB."""
WATCHED = 8
"""Blocks of ROWS queries whose logits are looked at: those of all took as long as the attention itself."""


class FusedAttention(MultiHeadLatentAttention):
    """Takes whole sequences only: no token has a past in a cache."""

    watches: bool = False
    """The largest logits of the next sequence are wanted."""
    largest: Tensor | None = None
    """The largest logit of each head [H] in the sequence that was watched last; of a long one, see WATCHED."""

    def expanded(self, q_nope: Tensor, q_rope: Tensor, rows: Tensor) -> Tensor:
        """See `MultiHeadLatentAttention.expanded`; all rows are new."""
        length = len(rows)
        q_nope, q_rope, rows = (filled(each) for each in (q_nope, q_rope, rows))
        c_kv, k_rope = torch.split(rows, [self.config.kv_lora_rank, self.config.qk_rope_head_dim], dim=-1)
        k_nope, value = self.heads_of(self.kv_b_proj(c_kv))
        q = torch.cat((q_nope, q_rope), dim=-1)
        k = torch.cat((k_nope, k_rope[:, None].expand(-1, q.shape[1], -1)), dim=-1)
        if self.watches:
            self.watches, self.largest = False, self._largest(q[:length], k[:length])
        width = q.shape[-1] - value.shape[-1]
        heads = functional.scaled_dot_product_attention(
            q.transpose(0, 1)[None],
            k.transpose(0, 1)[None],
            functional.pad(value, (0, width)).transpose(0, 1)[None],
            is_causal=True,
            scale=self.scale,
        )
        return heads[0].transpose(0, 1)[:length, :, : value.shape[-1]]

    @torch.no_grad()
    def _largest(self, q: Tensor, k: Tensor) -> Tensor:
        """Return the largest logit [H] of the last queries and of WATCHED blocks of them at most, evenly apart."""
        keys, most = k.transpose(0, 1).contiguous(), torch.full((q.shape[1],), -torch.inf)
        blocks = range(0, len(q), ROWS)
        for start in blocks[:: -ceil(len(blocks) / WATCHED)]:
            rows = q[start : start + ROWS].transpose(0, 1).contiguous()
            scores = rows @ keys[:, : start + ROWS].mT
            own = scores[..., start:]
            own.masked_fill_(torch.ones(own.shape[1:], dtype=torch.bool).triu(1), -torch.inf)
            most = most.maximum(scores.flatten(1).amax(1).float())
        return most * self.scale

    def absorbing_is_cheaper(self, new: int, seen: int) -> bool:
        """Return False: without a cache it never is."""
        return False


def fuse(model: CausalLM) -> None:
    """Make a model's attention this one, in place; its parameters stay what they are."""
    for layer in model.model.layers:
        layer.self_attn.__class__ = FusedAttention


def attentions(model: CausalLM) -> Iterator[FusedAttention]:
    """Yield the attention of each layer of a fused model."""
    for layer in model.model.layers:
        assert isinstance(layer.self_attn, FusedAttention)
        yield layer.self_attn
