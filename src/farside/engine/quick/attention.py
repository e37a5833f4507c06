"""Attention in fewer products: matrices that follow each other are multiplied once, when the model is opened."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from farside.engine.quick.norm import QuickNorm
from farside.engine.quick.weights import weight_of
from farside.k2.model import MultiHeadLatentAttention, Sequences


class QuickAttention(nn.Module):
    """The absorbed form of `MultiHeadLatentAttention`, with W^UK in the queries' matrix and W^UV in W^O; in fp32.

    A cache may hold its rows in bf16: they are then multiplied in bf16, and all else stays fp32.

    Letters in shapes are those of `farside.k2.model`.
    """

    def __init__(self, plain: MultiHeadLatentAttention) -> None:
        super().__init__()
        config = plain.config
        self.layer, self.heads, self.latent = plain.layer, config.num_attention_heads, config.kv_lora_rank
        self.rank = config.q_lora_rank
        self.norm, self.first = QuickNorm(plain.kv_a_layernorm), weight_of(plain.kv_a_proj_with_mqa)
        if self.rank:
            self.query_norm = QuickNorm(plain.q_a_layernorm)
            self.first = torch.cat((weight_of(plain.q_a_proj), self.first))
        w_uk, w_uv = plain.heads_of(weight_of(plain.kv_b_proj).T)
        w_q = weight_of(plain.q_b_proj if self.rank else plain.q_proj)
        w_q = w_q.view(self.heads, config.qk_head_dim, -1)
        w_nope, w_rope = torch.split(w_q, [config.qk_nope_head_dim, config.qk_rope_head_dim], dim=1)
        absorbed = torch.cat((torch.einsum("chn,hnd->hcd", w_uk, w_nope), w_rope), dim=1)
        self.queries = absorbed.flatten(0, 1) * plain.scale
        w_o = weight_of(plain.o_proj).view(-1, self.heads, config.v_head_dim)
        self.out = torch.einsum("dhv,chv->dhc", w_o, w_uv).flatten(1)

    def forward(self, x: Tensor, sequences: Sequences) -> Tensor:
        """See `MultiHeadLatentAttention.forward`."""
        c_q, rows = x, functional.linear(x, self.first)
        if self.rank:
            c_q, rows = self.query_norm.forward(rows[:, : self.rank]), rows[:, self.rank :]
        c_kv, k_rope = self.norm.forward(rows[:, : self.latent]), rows[:, self.latent :]
        # Queries and the key of a token are turned as one: [T, H + 1, c + r].
        turned = torch.cat((functional.linear(c_q, self.queries), c_kv, k_rope), dim=-1)
        turned = turned.view(len(x), self.heads + 1, -1)
        pairs = torch.view_as_complex(torch.unflatten(turned[..., self.latent :], -1, (-1, 2)))
        pairs.mul_(torch.complex(*sequences.turns)[:, None])
        heads = []
        for span, cache in zip(sequences.spans, sequences.caches, strict=True):
            q, rows = turned[span, :-1], turned[span, -1]
            heads.append(self.attend(q, rows if cache is None else cache.extend(self.layer, rows)))
        return functional.linear(torch.cat(heads), self.out)

    def attend(self, q: Tensor, rows: Tensor) -> Tensor:
        """Take q [T, H, c + r] over rows [S, c + r] to each head's sum of latents [T, H x c]."""
        new, seen = len(q), len(rows)
        scores = (q.flatten(0, 1).to(rows.dtype) @ rows.T).float().view(new, self.heads, seen)
        if new > 1:
            ahead = torch.ones(new, new, dtype=torch.bool).triu(1)
            scores[..., seen - new :].masked_fill_(ahead[:, None], -torch.inf)
        shares = scores.softmax(-1).flatten(0, 1).to(rows.dtype)
        return (shares @ rows[:, : self.latent]).float().view(new, -1)
