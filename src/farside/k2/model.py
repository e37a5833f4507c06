"""The forward pass of Kimi K2, whole: the graph of DeepSeek-V3 at the sizes of the Kimi K2 paper (arXiv 2507.20534).

"V2" and "V3" are the papers of DeepSeek (arXiv 2405.04434, 2412.19437). Tokens of all sequences stand in one row of
T; only attention tells them apart. Letters in shapes, with K2's sizes: T tokens, S tokens that attention sees,
D = 7168 hidden, H = 64 heads, c = 512 latent, r = 64 rotary, n = 128 (the part of a head without a position), v = 128
(value), E = 384 experts, K = 8 chosen. Parameters have the names of the checkpoint's tensors; what is a matrix W in a
paper is `weight` [out, in] here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from farside.k2.config import Config
from farside.k2.seams import Cache, Experts, Projection
from farside.k2.yarn import inverse_frequencies, rotate, rotation_scale, softmax_scale, turns

ExpertsOf = Callable[[Config, int], Experts]
"""Makes the experts of a layer."""


def linear(width: int, out: int) -> nn.Module:
    """Make a projection as the family has them: without a bias."""
    return nn.Linear(width, out, bias=False)


@dataclass(frozen=True, slots=True)
class Sequences:
    """Which tokens of the row belong together, and where their past is."""

    spans: tuple[slice, ...]
    caches: tuple[Cache | None, ...]
    turns: tuple[Tensor, Tensor]
    """cos and sin [T, r/2] of each token's position."""


class RMSNorm(nn.Module):
    """x / sqrt(mean(x^2) + eps) * weight (arXiv 1910.07467, equation 4); in fp32, rounded before the weight."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Take [..., width] to the same shape."""
        wide = x.float()
        return self.weight * (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.eps)).to(x.dtype)


class SwiGLU(nn.Module):
    """down(silu(gate(x)) * up(x)) (arXiv 2002.05202, equation 6): a dense layer, the shared or a routed expert."""

    def __init__(self, width: int, inner: int, projection: Projection = linear) -> None:
        super().__init__()
        self.gate_proj = projection(width, inner)
        self.up_proj = projection(width, inner)
        self.down_proj = projection(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        """Take [T, D] to [T, D]."""
        y: Tensor = self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))
        return y


class MultiHeadLatentAttention(nn.Module):
    """Attention over a latent of c numbers a token and one rotary key for all heads: V3, section 2.1.1."""

    def __init__(self, config: Config, layer: int) -> None:
        super().__init__()
        self.config, self.layer, self.scale = config, layer, softmax_scale(config)
        width, heads, rank = config.hidden_size, config.num_attention_heads, config.q_lora_rank
        if rank is None:
            self.q_proj = linear(width, heads * config.qk_head_dim)
        else:
            self.q_a_proj = linear(width, rank)
            self.q_a_layernorm = RMSNorm(rank, config.latent_norm_eps)
            self.q_b_proj = linear(rank, heads * config.qk_head_dim)
        self.kv_a_proj_with_mqa = linear(width, config.latent_width)
        self.kv_a_layernorm = RMSNorm(config.kv_lora_rank, config.latent_norm_eps)
        self.kv_b_proj = nn.Linear(
            config.kv_lora_rank, heads * (config.qk_nope_head_dim + config.v_head_dim), bias=False
        )
        self.o_proj = linear(heads * config.v_head_dim, width)

    def forward(self, x: Tensor, sequences: Sequences) -> Tensor:
        """Take [T, D] to [T, D]; each token sees its sequence up to itself."""
        q_nope, q_rope = self.queries(x, sequences.turns)
        rows = self.latents(x, sequences.turns)
        heads = []
        for span, cache in zip(sequences.spans, sequences.caches, strict=True):
            seen = rows[span] if cache is None else cache.extend(self.layer, rows[span])
            attend = self.absorbed if self.absorbing_is_cheaper(len(rows[span]), len(seen)) else self.expanded
            heads.append(attend(q_nope[span], q_rope[span], seen))
        u: Tensor = self.o_proj(torch.cat(heads).flatten(1))
        return u

    def queries(self, x: Tensor, turns: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Return q^C [T, H, n] and q^R [T, H, r], turned: V3, equations 6 to 9; Moonlight has no latent c^Q."""
        direct = self.config.q_lora_rank is None
        q: Tensor = self.q_proj(x) if direct else self.q_b_proj(self.q_a_layernorm(self.q_a_proj(x)))
        q = q.view(len(x), self.config.num_attention_heads, self.config.qk_head_dim)
        q_nope, q_rope = torch.split(q, [self.config.qk_nope_head_dim, self.config.qk_rope_head_dim], dim=-1)
        return q_nope, rotate(q_rope, *turns)

    def latents(self, x: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
        """Return the rows to keep [T, c + r]: c^KV, normed, then k^R, turned: V3, equations 1 and 3."""
        parts = [self.config.kv_lora_rank, self.config.qk_rope_head_dim]
        c_kv, k_rope = torch.split(self.kv_a_proj_with_mqa(x), parts, dim=-1)
        return torch.cat((self.kv_a_layernorm(c_kv), rotate(k_rope, *turns)), dim=-1)

    def expanded(self, q_nope: Tensor, q_rope: Tensor, rows: Tensor) -> Tensor:
        """Attend with each head's own keys and values, made from rows [S, c + r]: V3, equations 2, 4, 5 and 10.

        Returns [T, H, v].
        """
        c_kv, k_rope = torch.split(rows, [self.config.kv_lora_rank, self.config.qk_rope_head_dim], dim=-1)
        k_nope, value = self.heads_of(self.kv_b_proj(c_kv))
        scores = torch.einsum("thn,shn->hts", q_nope, k_nope) + torch.einsum("thr,sr->hts", q_rope, k_rope)
        return torch.einsum("hts,shv->thv", self.probabilities(scores), value)

    def absorbed(self, q_nope: Tensor, q_rope: Tensor, rows: Tensor) -> Tensor:
        """Attend over rows [S, c + r] as they are: all heads share one key and one value of these. Returns [T, H, v].

        q . (W^UK c) = (W^UK^T q) . c, and W^UV may wait until the weighted sum is made: V2, section 2.1.2.
        """
        w_uk, w_uv = self.heads_of(self.kv_b_proj.weight.T)
        q = torch.cat((torch.einsum("thn,chn->thc", q_nope, w_uk), q_rope), dim=-1)
        weights = self.probabilities(torch.einsum("thw,sw->hts", q, rows))
        latent = torch.einsum("hts,sc->thc", weights, rows[:, : self.config.kv_lora_rank])
        return torch.einsum("thc,chv->thv", latent, w_uv)

    def heads_of(self, keys_and_values: Tensor) -> tuple[Tensor, Tensor]:
        """Split [X, H x (n + v)] into [X, H, n] of keys and [X, H, v] of values."""
        parts = [self.config.qk_nope_head_dim, self.config.v_head_dim]
        heads = keys_and_values.reshape(len(keys_and_values), self.config.num_attention_heads, sum(parts))
        k_nope, value = torch.split(heads, parts, dim=-1)
        return k_nope, value

    def probabilities(self, scores: Tensor) -> Tensor:
        """Softmax in fp32 of scores [H, T, S], the T tokens being the last of the S."""
        _, new, seen = scores.shape
        ahead = torch.ones(new, seen, dtype=torch.bool, device=scores.device).triu(seen - new + 1)
        return (scores.float() * self.scale).masked_fill(ahead, -torch.inf).softmax(dim=-1).to(scores.dtype)

    def absorbing_is_cheaper(self, new: int, seen: int) -> bool:
        """Compare the multiplications of a head; for K2, behind a long past, that is so for up to 170 new tokens."""
        c, r = self.config.kv_lora_rank, self.config.qk_rope_head_dim
        n, v = self.config.qk_nope_head_dim, self.config.v_head_dim
        return new * c * (n + v) + new * seen * (2 * c + r) < seen * c * (n + v) + new * seen * (n + r + v)


class Router(nn.Module):
    """Chooses K experts a token: V3, section 2.1.2 (`noaux_tc`). All of it in fp32."""

    e_score_correction_bias: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.weight = nn.Parameter(torch.zeros(config.n_routed_experts, config.hidden_size))
        self.register_buffer("e_score_correction_bias", torch.zeros(config.n_routed_experts, dtype=torch.float32))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Take [T, D] to (chosen [T, K], weights [T, K] in fp32): V3, equations 13 to 16."""
        return self.choose(functional.linear(x.float(), self.weight.float()).sigmoid())

    def choose(self, affinity: Tensor) -> tuple[Tensor, Tensor]:
        """Take affinities [T, E] to what `forward` returns: V3, equations 13, 14 and 16."""
        # The bias balances the load and only chooses: an expert's weight is its affinity without it (equation 16).
        scores = self.allowed(affinity + self.e_score_correction_bias.float())
        chosen = scores.topk(self.config.num_experts_per_tok).indices
        weights = affinity.gather(1, chosen)
        if self.config.norm_topk_prob:
            weights = weights / (weights.sum(-1, keepdim=True) + 1e-20)
        return chosen, weights * self.config.routed_scaling_factor

    def allowed(self, scores: Tensor) -> Tensor:
        """Leave the scores [T, E] of the best `topk_group` groups; a group counts as the sum of its two best.

        V3, section 2.1.2, "Node-Limited Routing". K2 has one group.
        """
        if self.config.n_group == 1:
            return scores
        groups = scores.view(len(scores), self.config.n_group, -1)
        best = groups.topk(2).values.sum(-1).topk(self.config.topk_group).indices
        outside = torch.ones(groups.shape[:2], dtype=torch.bool, device=scores.device).scatter(1, best, False)
        return groups.masked_fill(outside[..., None], -torch.inf).flatten(1)


class RoutedExperts(nn.ModuleList):
    """The plain form of `Experts`: a list of them, each run once on all tokens that chose it."""

    def forward(self, x: Tensor, chosen: Tensor, weights: Tensor) -> Tensor:
        """See `Experts`; the sum is kept in fp32 and rounded once."""
        total = torch.zeros(x.shape, dtype=torch.float32, device=x.device)
        for expert in sorted(set(chosen.flatten().tolist())):
            token, rank = torch.where(chosen == expert)
            total = total.index_add(0, token, self[expert](x[token]).float() * weights[token, rank, None])
        return total.to(x.dtype)


def experts_in_memory(config: Config, layer: int) -> Experts:
    """Make the experts of a layer as plain matrices."""
    width, inner = config.hidden_size, config.moe_intermediate_size
    return RoutedExperts(SwiGLU(width, inner) for _ in range(config.n_routed_experts))


class MixtureOfExperts(nn.Module):
    """The shared expert and the K chosen ones: V3, equation 12, without the residual."""

    def __init__(self, config: Config, experts: Experts) -> None:
        super().__init__()
        self.gate = Router(config)
        self.experts = experts
        self.shared_experts = SwiGLU(config.hidden_size, config.n_shared_experts * config.moe_intermediate_size)

    def forward(self, x: Tensor) -> Tensor:
        """Take [T, D] to [T, D]."""
        y: Tensor = self.experts(x, *self.gate(x)) + self.shared_experts(x)
        return y


class DecoderLayer(nn.Module):
    """x + attention(norm(x)), then x + experts(norm(x)); the first layers have one dense MLP in place of experts."""

    def __init__(self, config: Config, layer: int, experts_of: ExpertsOf = experts_in_memory) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.self_attn = MultiHeadLatentAttention(config, layer)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.mlp: nn.Module
        if layer in config.moe_layers:
            self.mlp = MixtureOfExperts(config, experts_of(config, layer))
        else:
            self.mlp = SwiGLU(config.hidden_size, config.intermediate_size)

    def forward(self, x: Tensor, sequences: Sequences) -> Tensor:
        """Take [T, D] to [T, D]."""
        x = x + self.self_attn(self.input_layernorm(x), sequences)
        y: Tensor = x + self.mlp(self.post_attention_layernorm(x))
        return y


class Decoder(nn.Module):
    """Everything but the head."""

    def __init__(self, config: Config, experts_of: ExpertsOf = experts_in_memory) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(
            DecoderLayer(config, layer, experts_of) for layer in range(config.num_hidden_layers)
        )
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.frequencies, self.rotation_scale = inverse_frequencies(config), rotation_scale(config)

    def forward(self, ids: Sequence[Tensor], caches: Sequence[Cache] | None = None) -> Tensor:
        """Return the hidden states [T, D] of the new tokens ids (one [t] a sequence), sequences one behind the other.

        Each cache holds what came before its sequence's new tokens, and then holds these too. Without caches the
        tokens are all there is, and gradients flow.
        """
        sequences = self.laid_out(ids, caches)
        x = self.embed_tokens(torch.cat(tuple(ids)))
        for layer in self.layers:
            x = layer(x, sequences)
        for new, cache in zip(ids, caches or (), strict=False):
            cache.advance(len(new))
        y: Tensor = self.norm(x)
        return y

    def laid_out(self, ids: Sequence[Tensor], caches: Sequence[Cache] | None) -> Sequences:
        """Say where in the row each sequence is, and at which positions its tokens are."""
        pasts: tuple[Cache | None, ...] = tuple(caches) if caches is not None else (None,) * len(ids)
        starts = [0 if cache is None else cache.length for cache in pasts]
        positions = [torch.arange(s, s + len(new), device=new.device) for s, new in zip(starts, ids, strict=True)]
        ends = torch.tensor([0, *map(len, ids)]).cumsum(0).tolist()
        spans = tuple(slice(start, end) for start, end in pairwise(ends))
        return Sequences(spans, pasts, turns(torch.cat(positions), self.frequencies, self.rotation_scale))


class CausalLM(nn.Module):
    """Kimi K2: the decoder and the head that turns hidden states into logits."""

    def __init__(self, config: Config, experts_of: ExpertsOf = experts_in_memory) -> None:
        super().__init__()
        self.config = config
        self.model = Decoder(config, experts_of)
        self.lm_head = linear(config.hidden_size, config.vocab_size)

    def forward(self, ids: Sequence[Tensor], caches: Sequence[Cache] | None = None) -> Tensor:
        """Return the logits [T, vocabulary] after each new token; see `Decoder.forward`.

        Where only the last token's are wanted, call `model` and put that row alone through `lm_head`.
        """
        logits: Tensor = self.lm_head(self.model(ids, caches))
        return logits
