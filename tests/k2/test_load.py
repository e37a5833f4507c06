"""A checkpoint that transformers wrote, or an INT4 one, becomes the model that it is."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the model needs the extra k2")

import torch
from safetensors.torch import load_file, save_file

from farside.errors import FarsideError
from farside.k2.int4 import dequantize, quantize
from farside.k2.int4_linear import Int4Linear
from farside.k2.load import load
from farside.k2.model import CausalLM
from farside.k2.scheme import OURS
from tests.k2.checkpoints import EXPERT, int4, rewrite
from tests.k2.peer import SMALL, pair, random_ids

CONFIG = replace(SMALL, hidden_size=64)
IDS = random_ids(CONFIG, 12, 1)


def written(folder: Path, model: CausalLM, **changed: Any) -> Path:
    """Write a checkpoint as one file."""
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    save_file(tensors, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({**model.config.as_json(), **changed}))
    return folder


@torch.no_grad()
def test_what_transformers_wrote_is_read(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the peer that writes the checkpoint")
    both = pair(CONFIG, tmp_path, 0)
    read = load(tmp_path)
    assert torch.equal(read([IDS]), both.ours([IDS]))
    assert not any(each.requires_grad for each in read.parameters())


@torch.no_grad()
def test_int4_experts_are_those_of_their_dequantized_weights(tmp_path: Path) -> None:
    torch.manual_seed(0)
    plain = CausalLM(CONFIG).bfloat16()
    written(tmp_path, plain, quantization_config=OURS)
    tensors = load_file(tmp_path / "model.safetensors")
    for name in [each for each in tensors if ".experts." in each]:
        weight = tensors.pop(name)
        packed, scale = quantize(weight)
        shape = torch.tensor(weight.shape, dtype=torch.int32)
        tensors |= {f"{name}_packed": packed, f"{name}_scale": scale, f"{name}_shape": shape}
        plain.get_parameter(name).copy_(dequantize(packed, scale, (weight.shape[0], weight.shape[1])))
    save_file(tensors, tmp_path / "model.safetensors")
    read = load(tmp_path)
    assert isinstance(read.get_submodule("model.layers.1.mlp.experts.0.up_proj"), Int4Linear)
    assert torch.equal(read([IDS]), plain([IDS]))


@torch.no_grad()
def test_the_bias_of_the_router_stays_in_fp32(tmp_path: Path) -> None:
    written(tmp_path, CausalLM(CONFIG).bfloat16())
    gate: Any = load(tmp_path).get_submodule("model.layers.1.mlp.gate")
    assert (gate.e_score_correction_bias.dtype, gate.weight.dtype) == (torch.float32, torch.bfloat16)


def test_a_layer_past_the_last_is_left_out(tmp_path: Path) -> None:
    three = CausalLM(CONFIG)
    written(tmp_path, three, num_hidden_layers=2, num_nextn_predict_layers=1)
    assert len(list(load(tmp_path).model.layers)) == 2


def test_a_shape_that_the_config_does_not_have_is_named(tmp_path: Path) -> None:
    written(tmp_path, CausalLM(CONFIG), vocab_size=100)
    with pytest.raises(FarsideError, match=r"model\.embed_tokens\.weight is \[96, 64\]"):
        load(tmp_path)


def rewritten(folder: Path, **changed: torch.Tensor) -> None:
    """Put other tensors in the place of some of a checkpoint that is one file; `__` stands for a dot."""
    held = load_file(folder / "model.safetensors")
    save_file(
        {**held, **{name.replace("__", "."): each for name, each in changed.items()}}, folder / "model.safetensors"
    )


@pytest.mark.parametrize("name", ["lm_head__weight", "model__layers__1__input_layernorm__weight"])
def test_a_dtype_that_the_rest_does_not_have_is_named(tmp_path: Path, name: str) -> None:
    held = written(tmp_path, CausalLM(CONFIG).bfloat16())
    wide = load_file(held / "model.safetensors")[name.replace("__", ".")].float()
    rewritten(tmp_path, **{name: wide})
    told = rf"{name.replace('__', '.')} is F32, but model\.embed_tokens\.weight is BF16"
    with pytest.raises(FarsideError, match=told):
        load(tmp_path)


def test_a_shape_that_belies_its_words_is_found_before_anything_is_read(tmp_path: Path) -> None:
    folder = int4(tmp_path / "int4")
    rewrite(folder, f"{EXPERT}.weight_shape", torch.tensor([32, 65]))
    with pytest.raises(FarsideError, match=rf"{EXPERT}\.weight_shape is \[32, 65\], which \[32, 8\] words"):
        load(folder)


@torch.no_grad()
def test_the_text_of_a_model_that_sees_is_read(tmp_path: Path) -> None:
    plain = CausalLM(CONFIG)
    written(tmp_path, plain)
    outer = {"model_type": "kimi_k25", "text_config": CONFIG.as_json(), "vision_config": {"depth": 27}}
    (tmp_path / "config.json").write_text(json.dumps(outer))
    tensors = {f"language_model.{name}": each for name, each in load_file(tmp_path / "model.safetensors").items()}
    save_file({**tensors, "vision_tower.patch.weight": torch.zeros(2)}, tmp_path / "model.safetensors")
    assert torch.equal(load(tmp_path)([IDS]), plain([IDS]))
