"""A made-up checkpoint: K2's format to the byte, the same for the same seed, refused before the disk is too small."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the extra k2")
pytest.importorskip("safetensors", reason="needs the extra k2")

import torch

from farside.errors import FarsideError
from farside.k2.checkpoint import open_checkpoint
from farside.k2.config import preset, read_config
from farside.k2.load import load
from farside.k2.new_checkpoint import write_checkpoint
from farside.k2.scheme import OURS
from farside.k2.synth import STAND_IN, prepare
from farside.k2.tensors import tensors
from farside.k2.tokenizer_files import read_tokenizer
from tests.k2.checkpoints import EXPERT, INDEX, SMALL, all_tensors, int4


def silent(done: int, whole: int) -> None:
    pass


def test_it_is_a_checkpoint_of_the_shape(tmp_path: Path) -> None:
    folder = int4(tmp_path / "made-up")
    checkpoint, config = open_checkpoint(folder), read_config(folder)
    assert config == replace(SMALL, quantization_config=OURS)
    checkpoint.require(tensors(config))
    experts = 2 * 8 * 3
    assert len(checkpoint.where) == len(list(tensors(config))) + 2 * experts
    assert list(checkpoint.shards) == [f"model-0000{number}-of-00004.safetensors" for number in (1, 2, 3, 4)]
    dtypes = {name.rpartition(".")[2]: str(tensor.dtype) for name, tensor in all_tensors(folder).items()}
    assert dtypes == {
        "weight": "torch.bfloat16",
        "e_score_correction_bias": "torch.float32",
        "weight_packed": "torch.int32",
        "weight_scale": "torch.bfloat16",
        "weight_shape": "torch.int64",
    }


def test_the_model_speaks_in_finite_numbers(tmp_path: Path) -> None:
    logits = load(int4(tmp_path / "made-up"))([torch.arange(20)])
    assert logits.isfinite().all() and logits.std() > 0.01


def test_weights_are_spread_as_in_a_new_model(tmp_path: Path) -> None:
    checkpoint = open_checkpoint(int4(tmp_path / "made-up"))
    for module in (EXPERT, "lm_head"):
        assert checkpoint.weight(module).float().std() == pytest.approx(0.02, rel=0.15)
    assert checkpoint.weight("model.norm").tolist() == [1.0] * 64


def test_the_seed_decides_and_a_layer_is_the_same_in_any_company(tmp_path: Path) -> None:
    held = all_tensors(int4(tmp_path / "a"))
    for name, layers, seed in (("fewer", 2, 0), ("other", 2, 1)):
        write_checkpoint(prepare(tmp_path / name, SMALL, layers=layers, seed=seed), silent)
    fewer, other = all_tensors(tmp_path / "fewer"), all_tensors(tmp_path / "other")
    assert [name for name in held if name not in fewer] == [name for name in held if ".layers.2." in name]
    assert [name for name in fewer if not torch.equal(fewer[name], held[name])] == []
    same = {name.rpartition(".")[2] for name in other if torch.equal(other[name], fewer[name])}
    assert same == {"weight_shape", "weight"}
    assert not torch.equal(other["lm_head.weight"], fewer["lm_head.weight"])
    assert read_config(tmp_path / "fewer").num_hidden_layers == 2


def test_the_stand_in_for_a_tokenizer_says_what_it_is(tmp_path: Path) -> None:
    folder = int4(tmp_path / "made-up")
    assert "not Kimi K2's" in (folder / STAND_IN).read_text()
    tokenizer = read_tokenizer(folder)
    assert tokenizer.encode("ä <|im_end|>") == list("ä <|im_end|>".encode())


def test_a_tokenizer_that_is_named_is_taken(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    for name in ("tiktoken.model", "tokenizer_config.json"):
        (given / name).write_text(name)
    write_checkpoint(prepare(tmp_path / "made-up", SMALL, tokenizer=given), silent)
    assert (tmp_path / "made-up" / "tiktoken.model").read_text() == "tiktoken.model"
    assert not (tmp_path / "made-up" / STAND_IN).exists()
    (given / "tiktoken.model").unlink()
    with pytest.raises(FarsideError, match=r"given/tiktoken\.model is missing"):
        prepare(tmp_path / "other", SMALL, tokenizer=given)


def test_broken_off_it_goes_on(tmp_path: Path) -> None:
    def stop(done: int, whole: int) -> None:
        if done > whole / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_checkpoint(prepare(tmp_path / "a", SMALL), stop)
    assert not (tmp_path / "a").exists() and len(list((tmp_path / "a.partial").glob("*.safetensors"))) >= 1
    assert list(tmp_path.rglob("*.part")) == []
    with pytest.raises(FarsideError, match="begun from other weights or with other options"):
        write_checkpoint(prepare(tmp_path / "a", SMALL, seed=1), silent)
    assert all_tensors(int4(tmp_path / "a")).keys() == all_tensors(int4(tmp_path / "b")).keys()


def test_k2_thinking_takes_the_bytes_that_are_published(tmp_path: Path) -> None:
    try:
        found = prepare(tmp_path / "whole", preset("k2-thinking")).disk_bytes
    except FarsideError as refused:  # so it is on most disks
        assert "The checkpoint needs 594.2 GB in" in str(refused)
    else:
        assert found // 10**8 == 5942
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("fields", "layers", "told"),
    [
        ({}, 4, "4 layers cannot be made of 3"),
        ({}, 0, "0 layers cannot be made of 3"),
        ({"moe_intermediate_size": 48}, None, "moe_intermediate_size is 48; INT4 has groups of 32"),
        ({"vocab_size": 300}, None, "vocab_size is 300; the stand-in for a tokenizer needs 512"),
    ],
)
def test_a_shape_that_cannot_be_is_refused(
    tmp_path: Path, fields: dict[str, Any], layers: int | None, told: str
) -> None:
    with pytest.raises(FarsideError, match=told):
        prepare(tmp_path / "made-up", replace(SMALL, **fields), layers)


def test_the_index_counts_the_bytes(tmp_path: Path) -> None:
    folder = int4(tmp_path / "made-up")
    total = sum(tensor.nbytes for tensor in all_tensors(folder).values())
    assert json.loads((folder / INDEX).read_text())["metadata"]["total_size"] == total
