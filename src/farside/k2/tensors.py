"""Every tensor of a checkpoint of the family: its name, its shape and the part of the model it belongs to.

The names are those of DeepSeek-V3's checkpoints; the modules of `farside.k2.model` have the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from farside.k2.config import Config

Part = Literal[
    "embedding", "attention", "dense layers", "routers", "shared experts", "routed experts", "norms", "head"
]
PROJECTIONS = ("gate_proj", "up_proj", "down_proj")
"""The matrices of an expert, of the shared expert and of a dense layer: down(silu(gate(x)) * up(x))."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor before any quantization."""

    name: str
    shape: tuple[int, ...]
    part: Part

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    @property
    def is_matrix(self) -> bool:
        """Whether a Linear module multiplies with it: what a quantization scheme can be about."""
        return self.part in ("attention", "dense layers", "shared experts", "routed experts") and len(self.shape) == 2


def tensors(config: Config) -> Iterator[Tensor]:
    """Yield the tensors in the order in which the forward pass meets them; layers past the last are left out."""
    embedding, *after = outer_tensors(config)
    yield embedding
    for index in range(config.num_hidden_layers):
        yield from layer_tensors(config, index)
    yield from after


def outer_tensors(config: Config) -> list[Tensor]:
    """Return what is in no layer: what comes before them, and what comes after."""
    return [
        Tensor("model.embed_tokens.weight", (config.vocab_size, config.hidden_size), "embedding"),
        Tensor("model.norm.weight", (config.hidden_size,), "norms"),
        Tensor("lm_head.weight", (config.vocab_size, config.hidden_size), "head"),
    ]


def layer_tensors(config: Config, index: int) -> Iterator[Tensor]:
    """Yield the tensors of one layer."""
    layer, width = f"model.layers.{index}", config.hidden_size
    yield Tensor(f"{layer}.input_layernorm.weight", (width,), "norms")
    yield from _attention(config, f"{layer}.self_attn")
    yield Tensor(f"{layer}.post_attention_layernorm.weight", (width,), "norms")
    if index not in config.moe_layers:
        yield from _mlp(f"{layer}.mlp", width, config.intermediate_size, "dense layers")
        return
    yield Tensor(f"{layer}.mlp.gate.weight", (config.n_routed_experts, width), "routers")
    yield Tensor(f"{layer}.mlp.gate.e_score_correction_bias", (config.n_routed_experts,), "routers")
    for expert in range(config.n_routed_experts):
        yield from expert_tensors(config, index, expert)
    shared = config.n_shared_experts * config.moe_intermediate_size
    yield from _mlp(f"{layer}.mlp.shared_experts", width, shared, "shared experts")


def expert_tensors(config: Config, index: int, expert: int) -> Iterator[Tensor]:
    """Yield the three matrices of one routed expert."""
    name = f"model.layers.{index}.mlp.experts.{expert}"
    return _mlp(name, config.hidden_size, config.moe_intermediate_size, "routed experts")


def _attention(config: Config, name: str) -> Iterator[Tensor]:
    """Yield W^DQ, W^UQ|QR, W^DKV|KR, W^UK|UV and W^O of DeepSeek-V2 (arXiv 2405.04434, section 2.1.2)."""
    heads, width = config.num_attention_heads, config.hidden_size
    queries = heads * config.qk_head_dim
    keys_and_values = heads * (config.qk_nope_head_dim + config.v_head_dim)
    if config.q_lora_rank is None:
        shapes: dict[str, tuple[int, ...]] = {"q_proj": (queries, width)}
    else:
        rank = config.q_lora_rank
        shapes = {"q_a_proj": (rank, width), "q_a_layernorm": (rank,), "q_b_proj": (queries, rank)}
    shapes["kv_a_proj_with_mqa"] = (config.latent_width, width)
    shapes["kv_a_layernorm"] = (config.kv_lora_rank,)
    shapes["kv_b_proj"] = (keys_and_values, config.kv_lora_rank)
    shapes["o_proj"] = (width, heads * config.v_head_dim)
    for each, shape in shapes.items():
        yield Tensor(f"{name}.{each}.weight", shape, "attention" if len(shape) == 2 else "norms")


def _mlp(name: str, width: int, inner: int, part: Part) -> Iterator[Tensor]:
    for each in PROJECTIONS:
        yield Tensor(f"{name}.{each}.weight", (width, inner) if each == "down_proj" else (inner, width), part)
