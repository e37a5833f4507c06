"""Random small models of the family, each twice: transformers' deepseek_v3, and ours with the same weights."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from farside.k2.config import Config, Yarn, preset
from farside.k2.model import CausalLM

SMALL = replace(
    preset("tiny"),
    model_type="deepseek_v3",
    vocab_size=96,
    hidden_size=48,
    q_lora_rank=24,
    rms_norm_eps=1e-3,
    dtype="float32",
    bos_token_id=None,
    eos_token_id=None,
    pad_token_id=None,
)
"""Its rms_norm_eps is large, so that a norm with the wrong eps shows."""


def random_config(seed: int) -> Config:
    """Every switch of the graph, at small sizes: groups, no query latent, dense layers, shared experts, YaRN."""
    draw = Random(seed)
    groups = draw.choice([1, 2, 4])
    heads = draw.choice([1, 2, 4])
    stretch = Yarn(draw.choice([2.5, 64.0]), 32, draw.choice([1.0, 32.0]), 1.0, draw.choice([0.7, 1.0]), 1.0)
    return replace(
        SMALL,
        num_hidden_layers=draw.choice([2, 3, 4]),
        first_k_dense_replace=draw.choice([0, 1, 2]),
        num_attention_heads=heads,
        num_key_value_heads=heads,
        q_lora_rank=draw.choice([None, 20]),
        kv_lora_rank=draw.choice([12, 24]),
        qk_nope_head_dim=draw.choice([8, 16]),
        qk_rope_head_dim=draw.choice([6, 8]),
        v_head_dim=draw.choice([8, 20]),
        n_routed_experts=8 * draw.choice([1, 2]),
        num_experts_per_tok=draw.choice([1, 2]),
        n_shared_experts=draw.choice([1, 2]),
        n_group=groups,
        topk_group=draw.randint(1, groups),
        norm_topk_prob=draw.choice([True, False]),
        rope_scaling=draw.choice([None, stretch]),
    )


@dataclass(frozen=True)
class Pair:
    """The same weights, twice."""

    peer: Any
    ours: CausalLM


def pair(config: Config, folder: Path, seed: int) -> Pair:
    """transformers reads the config that we write, and writes the checkpoint that we read."""
    from transformers import DeepseekV3Config, DeepseekV3ForCausalLM

    (folder / "config.json").write_text(json.dumps(config.as_json()))
    read = DeepseekV3Config.from_pretrained(folder, attn_implementation="eager")
    peer: Any = DeepseekV3ForCausalLM(read)
    peer.eval()
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, tensor in peer.state_dict().items():
            centre, spread = (1.0, 0.1) if "norm" in name else (0.0, 0.15)
            tensor.copy_(centre + spread * torch.randn(tensor.shape))
    peer.save_pretrained(folder)
    ours = CausalLM(config)
    ours.load_state_dict(load_file(folder / "model.safetensors"))
    return Pair(peer, ours)


def random_ids(config: Config, length: int, seed: int) -> Tensor:
    return torch.randint(config.vocab_size, (length,), generator=torch.Generator().manual_seed(seed))
