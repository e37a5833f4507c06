"""The list of a checkpoint's tensors adds up to what is published."""

import pytest

from farside.k2.config import preset
from farside.k2.tensors import tensors


@pytest.mark.parametrize(
    ("name", "total", "routed"),
    [
        ("k2-thinking", 1_026_408_232_448, 1_014_686_023_680),
        ("deepseek-v3", 671_026_419_200, 653_908_770_816),
        ("moonlight-16b-a3b", 15_960_110_208, 14_394_851_328),
    ],
)
def test_parameters_add_up(name: str, total: int, routed: int) -> None:
    sizes = [(tensor.size, tensor.part) for tensor in tensors(preset(name))]
    assert sum(size for size, _ in sizes) == total
    assert sum(size for size, part in sizes if part == "routed experts") == routed


def test_names_and_shapes_are_those_of_the_checkpoint() -> None:
    shapes = {tensor.name: tensor.shape for tensor in tensors(preset("k2-thinking"))}
    assert len(shapes) == 61 * 9 + 3 + 3 + 60 * (2 + 3 + 384 * 3)
    assert shapes["model.layers.0.mlp.gate_proj.weight"] == (18432, 7168)
    assert shapes["model.layers.60.mlp.experts.383.down_proj.weight"] == (7168, 2048)
    assert shapes["model.layers.1.mlp.gate.e_score_correction_bias"] == (384,)
    assert shapes["model.layers.1.self_attn.kv_a_proj_with_mqa.weight"] == (576, 7168)
    assert "model.layers.1.mlp.gate_proj.weight" not in shapes


def test_what_a_scheme_can_quantize() -> None:
    plain = {tensor.name for tensor in tensors(preset("tiny")) if not tensor.is_matrix}
    assert {"lm_head.weight", "model.embed_tokens.weight", "model.layers.1.mlp.gate.weight"} <= plain
    assert not {name for name in plain if "proj" in name}
