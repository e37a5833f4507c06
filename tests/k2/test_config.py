"""A config.json is read as it stands, and what is not understood is refused by the name of its field."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from farside.errors import FarsideError
from farside.k2.config import Config, Yarn, config_from, known, preset, preset_names, read_config

YARN = Yarn(64.0, 4096, 1.0, 1.0, 1.0, 1.0)


def thinking(**changed: Any) -> dict[str, Any]:
    """The fields of K2-Thinking's config.json, some changed; a value of ... leaves the field out."""
    fields = {**preset("k2-thinking").as_json(), **changed}
    return {name: value for name, value in fields.items() if value is not ...}


def refusal(values: Mapping[str, Any]) -> str:
    with pytest.raises(FarsideError) as refused:
        config_from(values)
    assert refused.value.next_step
    return str(refused.value)


def test_the_presets_are_the_family() -> None:
    assert preset_names() == ("deepseek-v3", "k2-instruct", "k2-thinking", "moonlight-16b-a3b", "tiny")


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_written_as_config_json_reads_back(name: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(preset(name).as_json()))
    assert read_config(tmp_path) == read_config(tmp_path / "config.json") == preset(name)


@pytest.mark.parametrize("name", preset_names())
def test_what_is_unconfirmed_is_a_field(name: str) -> None:
    fields = {"*", *preset(name).as_json()}
    assert {field.partition(".")[0] for field in known(name).unconfirmed} <= fields


def test_the_traps_of_k2_thinking() -> None:
    config = preset("Kimi-K2-Thinking")
    assert (config.rope_scaling, config.rms_norm_eps, config.max_position_embeddings) == (YARN, 1e-5, 262_144)
    assert {"rms_norm_eps", "latent_norm_eps", "rope_scaling.beta_fast"} <= known("k2-thinking").unconfirmed.keys()
    assert preset("k2-instruct").rms_norm_eps == 1e-6
    assert preset("moonlight-16b-a3b").q_lora_rank is None


def test_the_text_of_a_vision_model_is_read() -> None:
    scheme = {"quant_method": "compressed-tensors"}
    outer = {"model_type": "kimi_k25", "vision_config": {"depth": 27}, "tie_word_embeddings": True}
    inside = thinking(quantization_config=None)
    assert config_from({**outer, "text_config": inside}) == config_from(inside)
    assert config_from({**outer, "text_config": inside, "quantization_config": scheme}).quantization_config == scheme
    assert "text_config" in refusal(outer)


def test_newer_names_are_read() -> None:
    """What transformers 5 writes: one rope_parameters, dtype, and no field that only one value is known of."""
    rope = {"rope_type": "yarn", "rope_theta": 50000.0, **preset("k2-thinking").as_json()["rope_scaling"]}
    newer = thinking(rope_scaling=..., rope_theta=..., torch_dtype=..., scoring_func=..., topk_method=...)
    newer |= {"rope_parameters": rope, "dtype": "bfloat16", "head_dim": 64, "qk_head_dim": 192}
    assert config_from(newer) == preset("k2-thinking")


def test_no_stretch_is_read() -> None:
    plain = {"rope_type": "default", "rope_theta": 50000.0}
    for given in (thinking(rope_scaling=None), thinking(rope_scaling=..., rope_theta=..., rope_parameters=plain)):
        config = config_from(given)
        assert (config.rope_scaling, config.rope_theta) == (None, 50000.0)


def test_several_ends_are_read() -> None:
    assert config_from(thinking(eos_token_id=[163585, 163586])).eos_token_id == (163585, 163586)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model_type", "llama"),
        ("hidden_act", "gelu"),
        ("scoring_func", "softmax"),
        ("topk_method", "greedy"),
        ("attention_bias", True),
        ("tie_word_embeddings", True),
        ("moe_layer_freq", 2),
        ("sliding_window", 4096),
        ("qk_layernorm", True),
        ("hidden_size", "7168"),
        ("hidden_size", 0),
        ("vocab_size", True),
        ("n_shared_experts", 0),
        ("q_lora_rank", -1),
        ("rms_norm_eps", 0),
        ("rms_norm_eps", float("nan")),
        ("routed_scaling_factor", None),
        ("num_key_value_heads", 8),
        ("qk_rope_head_dim", 63),
        ("n_group", 5),
        ("topk_group", 2),
        ("num_experts_per_tok", 385),
        ("first_k_dense_replace", 62),
        ("head_dim", 192),
        ("dtype", "float8_e4m3fn"),
        ("rope_scaling", "yarn"),
        ("quantization_config", "int4"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(field: str, value: object) -> None:
    assert refusal(thinking(**{field: value})).startswith(f"config.json has {field} = ")


@pytest.mark.parametrize("field", ["q_lora_rank", "rms_norm_eps", "rope_theta", "n_group", "vocab_size"])
def test_a_field_that_is_missing_is_named(field: str) -> None:
    assert refusal(thinking(**{field: ...})) == f"config.json has no field {field!r}."


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"type": "linear"}, "rope_scaling.type"),
        ({"type": ["yarn"]}, "rope_scaling.type"),
        ({"attention_factor": 1.2}, "rope_scaling.attention_factor"),
        ({"factor": None}, "rope_scaling.factor"),
        ({"mscale_all_dim": 0}, "rope_scaling.mscale_all_dim"),
        ({"beta_fast": ...}, "rope_scaling.beta_fast"),
        ({"type": ...}, "rope_scaling.beta_fast"),
    ],
)
def test_a_stretch_that_is_not_understood_is_refused_by_name(changed: dict[str, object], named: str) -> None:
    given = {**thinking()["rope_scaling"], **changed}
    assert named in refusal(thinking(rope_scaling={name: each for name, each in given.items() if each is not ...}))


def test_a_long_value_is_not_shown_whole() -> None:
    assert len(refusal(thinking(hidden_size="7168" * 1000))) < 200


def test_files_that_are_no_config_are_named(tmp_path: Path) -> None:
    for text, said in (("{", "no JSON"), ("[]", "no object"), (None, "cannot be read")):
        folder = tmp_path / said
        folder.mkdir()
        if text is not None:
            (folder / "config.json").write_text(text)
        with pytest.raises(FarsideError, match=said):
            read_config(folder)


def test_a_config_nested_beyond_measure_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("[" * 100_000)
    with pytest.raises(FarsideError, match=r"config\.json is no JSON"):
        read_config(tmp_path)


def test_a_preset_that_is_not_known_is_named() -> None:
    with pytest.raises(FarsideError, match="'k9'") as refused:
        preset("k9")
    assert "k2-thinking" in refused.value.next_step


def test_widths_follow_from_the_fields() -> None:
    config: Config = preset("k2-thinking")
    assert (config.qk_head_dim, config.latent_width, config.moe_layers) == (192, 576, range(1, 61))
