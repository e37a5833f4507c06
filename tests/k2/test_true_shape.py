"""One layer of K2-Thinking at its true shape: attention, router and shared expert in full, 384 experts by view.

The experts are windows over two matrices, each a row further than the last: all distinct, in 95 MB of 33.8 GB.
"""

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("torch", reason="the model needs the extra k2")
pytest.importorskip("transformers", reason="the peer whose layer is compared")

import torch
from torch import Tensor, nn

from farside.k2.config import Config, preset
from farside.k2.model import DecoderLayer, RoutedExperts, Sequences, SwiGLU
from farside.k2.seams import Experts
from farside.k2.tensors import layer_tensors
from farside.k2.yarn import inverse_frequencies, rotation_scale, turns

CONFIG = preset("k2-thinking")
TOKENS = 4
POSITIONS = torch.arange(CONFIG.max_position_embeddings - TOKENS, CONFIG.max_position_embeddings)
LAYER = "model.layers.1."
CONTENDERS = 12
"""Experts with a high bias: the eight best of so few differ by more than bfloat16 rounds."""


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


def weights() -> dict[str, Tensor]:
    """The tensors of a layer in bfloat16; `gate_up` and `down` hold the experts."""
    torch.manual_seed(0)
    shapes = {
        each.name.removeprefix(LAYER): each.shape for each in layer_tensors(CONFIG, 1) if ".experts." not in each.name
    }
    width, inner, more = CONFIG.hidden_size, CONFIG.moe_intermediate_size, CONFIG.n_routed_experts - 1
    shapes |= {"gate_up": (2 * inner + more, width), "down": (width + more, inner)}
    made = {name: (0.02 * torch.randn(shape)).bfloat16() for name, shape in shapes.items()}
    for name in made:
        if "norm" in name:
            made[name] += 1
    bias = torch.zeros(CONFIG.n_routed_experts)
    bias[:: CONFIG.n_routed_experts // CONTENDERS] = 1.0
    return {**made, "mlp.gate.e_score_correction_bias": bias}


def parameter(tensor: Tensor) -> nn.Parameter:
    return nn.Parameter(tensor, requires_grad=False)


def ours(given: dict[str, Tensor], x: Tensor) -> Tensor:
    inner, width = CONFIG.moe_intermediate_size, CONFIG.hidden_size

    def experts_of(config: Config, layer: int) -> Experts:
        experts = RoutedExperts(SwiGLU(1, 1) for _ in range(config.n_routed_experts))
        expert: Any
        for at, expert in enumerate(experts):
            expert.gate_proj.weight = parameter(given["gate_up"][at : at + inner])
            expert.up_proj.weight = parameter(given["gate_up"][at + inner : at + 2 * inner])
            expert.down_proj.weight = parameter(given["down"][at : at + width])
        return experts

    with torch.device("meta"):
        layer = DecoderLayer(CONFIG, 1, experts_of)
    layer.load_state_dict(given, assign=True, strict=False)
    assert not [name for name, each in layer.named_parameters() if each.is_meta]
    angles = turns(POSITIONS, inverse_frequencies(CONFIG), rotation_scale(CONFIG))
    y: Tensor = layer(x, Sequences((slice(0, TOKENS),), (None,), angles))
    return y


def theirs(given: dict[str, Tensor], x: Tensor) -> Tensor:
    from transformers import DeepseekV3Config
    from transformers.models.deepseek_v3 import modeling_deepseek_v3 as modeling

    plain = {"quantization_config": None, "attn_implementation": "eager", "experts_implementation": "eager"}
    config: Any = DeepseekV3Config(**{**CONFIG.as_json(), "model_type": "deepseek_v3", **plain})
    with torch.device("meta"):
        layer: Any = modeling.DeepseekV3DecoderLayer(config, 1)
    layer.load_state_dict(given, assign=True, strict=False)
    experts, inner, width = CONFIG.n_routed_experts, CONFIG.moe_intermediate_size, CONFIG.hidden_size
    windows = given["gate_up"].as_strided((experts, 2 * inner, width), (width, width, 1))
    layer.mlp.experts.gate_up_proj = parameter(windows)
    layer.mlp.experts.down_proj = parameter(given["down"].as_strided((experts, width, inner), (inner, inner, 1)))
    angles = modeling.DeepseekV3RotaryEmbedding(config)(x, POSITIONS[None])
    ahead = torch.full((TOKENS, TOKENS), float("-inf"), dtype=x.dtype).triu(1)[None, None]
    y: Tensor = layer(x[None], attention_mask=ahead, position_embeddings=angles)[0]
    return y


def error(y: Tensor, exact: Tensor) -> float:
    return float((y.float() - exact).norm() / exact.norm())


@pytest.mark.slow
def test_a_layer_of_k2_is_that_of_transformers() -> None:
    narrow = weights()
    x = torch.randn(TOKENS, CONFIG.hidden_size).bfloat16()
    wide = {name: tensor.float() for name, tensor in narrow.items()}
    exact = ours(wide, x.float())
    assert error(theirs(wide, x.float()), exact) <= 1e-5
    del wide
    rounded = error(ours(narrow, x), exact)
    assert rounded <= 2**-6  # measured: 0.0074, and 0.0078 for transformers' own
    assert rounded <= 1.25 * error(theirs(narrow, x), exact)
