"""A checkpoint folder: read a tensor at a time, and refused by file and tensor before anything is loaded."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra k2")
pytest.importorskip("safetensors", reason="needs the extra k2")

import torch
from torch import Tensor

from farside.errors import FarsideError
from farside.k2.checkpoint import open_checkpoint
from farside.k2.int4 import dequantize
from farside.k2.scheme import OURS
from farside.k2.tensors import tensors
from tests.k2.checkpoints import EXPERT, INDEX, SMALL, all_tensors, change, int4, plain, rewrite


def test_every_tensor_is_read_as_the_package_reads_it(tmp_path: Path) -> None:
    for folder in (plain(tmp_path / "bf16"), int4(tmp_path / "int4")):
        checkpoint, expected = open_checkpoint(folder), all_tensors(folder)
        assert checkpoint.where.keys() == expected.keys()
        for name, tensor in expected.items():
            assert torch.equal(checkpoint.read(name), tensor) and checkpoint.read(name).dtype == tensor.dtype


def test_a_weight_is_read_whether_it_is_int4_or_not(tmp_path: Path) -> None:
    folder = int4(tmp_path / "int4")
    checkpoint, held = open_checkpoint(folder), all_tensors(folder)
    expected = dequantize(held[f"{EXPERT}.weight_packed"], held[f"{EXPERT}.weight_scale"], (32, 64))
    assert torch.equal(checkpoint.weight(EXPERT), expected)
    assert torch.equal(checkpoint.weight("lm_head"), held["lm_head.weight"])
    assert (checkpoint.is_packed(EXPERT), checkpoint.is_packed("lm_head")) == (True, False)


def test_a_shape_may_be_of_either_width(tmp_path: Path) -> None:
    folder = int4(tmp_path / "int4")
    before = open_checkpoint(folder).weight(EXPERT)
    rewrite(folder, f"{EXPERT}.weight_shape", torch.tensor([32, 64], dtype=torch.int32))
    assert torch.equal(open_checkpoint(folder).weight(EXPERT), before)


def test_a_single_file_needs_no_index(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    folder = plain(tmp_path / "bf16")
    held = all_tensors(folder)
    for path in folder.glob("*.safetensors*"):
        path.unlink()
    save_file(held, folder / "model.safetensors")
    assert open_checkpoint(folder).where.keys() == held.keys()


def test_what_the_config_asks_for_is_required(tmp_path: Path) -> None:
    folder = int4(tmp_path / "int4")
    checkpoint = open_checkpoint(folder)
    checkpoint.require(tensors(SMALL))
    one_more = tensors(replace(SMALL, num_hidden_layers=4))
    with pytest.raises(
        FarsideError, match=r"has no tensor model\.layers\.3\.input_layernorm\.weight, which its config"
    ):
        checkpoint.require(one_more)
    wider = tensors(replace(SMALL, moe_intermediate_size=64))
    with pytest.raises(
        FarsideError, match=r"experts\.0\.gate_proj\.weight_packed is \[32, 8\]; .* must be \[64, 8\]"
    ):
        checkpoint.require(wider)


def test_a_missing_shard_is_named_with_what_it_holds(tmp_path: Path) -> None:
    folder = plain(tmp_path / "bf16")
    (folder / "model-1.safetensors").unlink()
    with pytest.raises(
        FarsideError, match=r"model-1\.safetensors is missing; it holds model\.layers\.1\.\S+ and 37 "
    ):
        open_checkpoint(folder)


def test_a_shard_that_is_cut_off_is_named_with_the_tensor(tmp_path: Path) -> None:
    folder = plain(tmp_path / "bf16")
    path = folder / "model-2.safetensors"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(FarsideError, match=r"model-2\.safetensors: the tensor model\.layers\.2\.\S+ is cut off; 10 "):
        open_checkpoint(folder)


PACKED, SCALE, SHAPE = (f"{EXPERT}.weight_{part}" for part in ("packed", "scale", "shape"))


@pytest.mark.parametrize(
    ("name", "tensor", "told"),
    [
        (PACKED, torch.zeros(32, 8, dtype=torch.int64), "is I64; it must be I32"),
        (PACKED, torch.zeros(32, 16, dtype=torch.int32), r"weight_scale is \[32, 2\]; it must be \[32, 4\]"),
        (SCALE, torch.zeros(32, 2, dtype=torch.float16), "is F16; it must be BF16 or F32"),
        (SCALE, torch.zeros(32, 4, dtype=torch.bfloat16), r"is \[32, 4\]; it must be \[32, 2\]"),
        (SHAPE, torch.zeros(2), "is F32; it must be I64 or I32"),
        (SHAPE, None, "lacks the tensor"),
        (PACKED, torch.tensor(1, dtype=torch.int32), r"weight_packed is \[\]; it must be a matrix"),
        ("lm_head.weight", torch.zeros(512, 64, dtype=torch.float8_e4m3fn), "is F8_E4M3; a weight is INT4"),
        ("model.layers.1.mlp.gate.weight", torch.zeros(8, 64, dtype=torch.int8), "is I8; a weight is INT4"),
    ],
)
def test_a_wrong_tensor_is_named(tmp_path: Path, name: str, tensor: Tensor | None, told: str) -> None:
    folder = int4(tmp_path / "int4")
    rewrite(folder, name, tensor)
    with pytest.raises(FarsideError, match=told) as refused:
        open_checkpoint(folder)
    assert "safetensors" in str(refused.value) and name.rpartition(".")[0] in str(refused.value)


def test_a_shape_that_belies_its_words_is_found_when_it_is_read(tmp_path: Path) -> None:
    folder = int4(tmp_path / "int4")
    rewrite(folder, SHAPE, torch.tensor([32, 128]))
    with pytest.raises(FarsideError, match=rf"{SHAPE} is \[32, 128\]"):
        open_checkpoint(folder).weight(EXPERT)


def test_packed_weights_need_a_config_that_says_so(tmp_path: Path) -> None:
    folder = int4(tmp_path / "int4")
    change(folder / "config.json", quantization_config=None)
    with pytest.raises(FarsideError, match=r"weight_packed is packed; of that, config\.json says nothing"):
        open_checkpoint(folder)


def test_plain_experts_need_a_config_that_says_so(tmp_path: Path) -> None:
    folder = plain(tmp_path / "bf16")
    change(folder / "config.json", quantization_config=dict(OURS))
    with pytest.raises(FarsideError, match=r"is not packed; config\.json says that it is"):
        open_checkpoint(folder)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ({}, "has no weight_map"),
        (
            {"lm_head.weight": "../x.safetensors"},
            "places lm_head.weight in '../x.safetensors', which is no file's name",
        ),
        ({"lm_head.weight": "model-1.safetensors"}, "lacks the tensor lm_head.weight, which the index places there"),
    ],
)
def test_a_wrong_index_is_refused(tmp_path: Path, where: dict[str, str], told: str) -> None:
    folder = plain(tmp_path / "bf16")
    change(folder / INDEX, weight_map=where)
    with pytest.raises(FarsideError, match=told):
        open_checkpoint(folder)


def test_a_folder_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match=r"config\.json cannot be read"):
        open_checkpoint(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(FarsideError, match=r"index\.json cannot be read"):
        open_checkpoint(tmp_path)
    (tmp_path / "config.json").write_text("[" * 100_000)
    with pytest.raises(FarsideError, match=r"config\.json holds no JSON object"):
        open_checkpoint(tmp_path)
