"""bf16 into INT4: what comes out, that nothing half-written stays, and what is refused beforehand."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the extra k2")
pytest.importorskip("safetensors", reason="needs the extra k2")

import torch
from safetensors.torch import save_file

from farside.errors import FarsideError
from farside.k2.checkpoint import open_checkpoint
from farside.k2.config import read_config
from farside.k2.int4 import RuleName, quantize
from farside.k2.new_checkpoint import NewCheckpoint, write_checkpoint
from farside.k2.quantize import prepare
from farside.k2.scheme import OURS
from farside.k2.tensors import tensors
from tests.k2.checkpoints import EXPERT, INDEX, SMALL, all_tensors, int4, plain, rewrite


def silent(done: int, whole: int) -> None:
    pass


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("rule", ["absmax_7_5", "absmax_7"])
def test_the_experts_are_packed_and_all_else_is_as_it_was(tmp_path: Path, rule: RuleName) -> None:
    source, target = plain(tmp_path / "bf16"), tmp_path / "int4"
    told: list[tuple[int, int]] = []
    write_checkpoint(prepare(source, target, rule), lambda done, whole: told.append((done, whole)))
    expected: dict[str, torch.Tensor] = {}
    for name, tensor in all_tensors(source).items():
        if ".experts." in name:
            packed, scale = quantize(tensor, rule)
            shape = torch.tensor(tensor.shape)
            expected |= {f"{name}_packed": packed, f"{name}_scale": scale, f"{name}_shape": shape}
        else:
            expected[name] = tensor
    held = all_tensors(target)
    assert held.keys() == expected.keys()
    assert [name for name in held if not torch.equal(held[name], expected[name])] == []
    assert [name for name in held if held[name].dtype != expected[name].dtype] == []
    size = sum(tensor.nbytes for tensor in held.values())
    assert told == sorted(told) and told[-1] == (size, size)


def test_the_config_says_so_and_what_lay_beside_comes_along(tmp_path: Path) -> None:
    source, target = plain(tmp_path / "bf16"), tmp_path / "int4"
    (source / "tiktoken.model").write_bytes(b"ranks")
    (source / "pytorch_model.bin").write_bytes(b"the same weights once more")
    write_checkpoint(prepare(source, target), silent)
    before = json.loads((source / "config.json").read_text())
    assert json.loads((target / "config.json").read_text()) == {**before, "quantization_config": OURS}
    assert set(files(target)) == set(files(source)) - {"pytorch_model.bin"}
    assert (target / "tiktoken.model").read_bytes() == b"ranks"
    index = json.loads((target / INDEX).read_text())
    assert index["metadata"]["total_size"] == sum(tensor.nbytes for tensor in all_tensors(target).values())


class Broken(Exception):
    pass


def break_off(new: NewCheckpoint, after: int) -> None:
    def count(done: int, whole: int) -> None:
        nonlocal after
        after -= 1
        if after < 0:
            raise Broken

    with pytest.raises(Broken):
        write_checkpoint(new, count)


@pytest.mark.parametrize("after", [0, 3, 4, 15, 16, 50])
def test_broken_off_anywhere_it_goes_on_to_the_same_bytes(tmp_path: Path, after: int) -> None:
    source, target, whole = plain(tmp_path / "bf16"), tmp_path / "int4", tmp_path / "whole"
    write_checkpoint(prepare(source, whole), silent)
    break_off(prepare(source, target), after)
    partial = tmp_path / "int4.partial"
    kept = {path.name: path.stat().st_ino for path in partial.glob("*.safetensors")} if partial.exists() else {}
    assert not target.exists() and not list(tmp_path.rglob("*.part"))
    write_checkpoint(prepare(source, target), silent)
    assert files(target) == files(whole)
    assert {name: (target / name).stat().st_ino for name in kept} == kept
    assert not partial.exists()


def test_it_goes_on_after_a_kill(tmp_path: Path) -> None:
    source, target = plain(tmp_path / "bf16"), tmp_path / "int4"
    script = (
        "import os, pathlib, sys\n"
        "from farside.k2.new_checkpoint import write_checkpoint\n"
        "from farside.k2.quantize import prepare\n"
        "source, target = map(pathlib.Path, sys.argv[1:])\n"
        "kill = lambda done, whole: done > whole / 2 and os.kill(os.getpid(), 9)\n"
        "write_checkpoint(prepare(source, target), kill)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(source), str(target)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not target.exists() and list((tmp_path / "int4.partial").glob("*.part"))
    write_checkpoint(prepare(source, target), silent)
    assert len(all_tensors(target)) == len(all_tensors(source)) + 2 * 48
    assert names(tmp_path) == {"bf16", "int4"} and not list(target.glob("*.part"))


def test_it_does_not_go_on_with_other_weights_or_another_rule(tmp_path: Path) -> None:
    source, target = plain(tmp_path / "bf16"), tmp_path / "int4"
    break_off(prepare(source, target), 50)
    with pytest.raises(FarsideError, match="was begun from other weights or with other options") as refused:
        write_checkpoint(prepare(source, target, "absmax_7"), silent)
    assert f"rm -r {target}.partial" in refused.value.next_step
    os.utime(source / "model-1.safetensors", (1, 1))
    with pytest.raises(FarsideError, match="was begun from other weights"):
        write_checkpoint(prepare(source, target), silent)


def test_a_weight_that_is_not_finite_stops_it(tmp_path: Path) -> None:
    source = plain(tmp_path / "bf16")
    broken = all_tensors(source)[f"{EXPERT}.weight"]
    broken[3, 3] = float("inf")
    rewrite(source, f"{EXPERT}.weight", broken)
    with pytest.raises(
        FarsideError, match=rf"model-1\.safetensors: {EXPERT}\.weight holds values that are no finite"
    ):
        write_checkpoint(prepare(source, tmp_path / "int4"), silent)
    assert not (tmp_path / "int4").exists()


@pytest.mark.parametrize(
    ("shape", "dtype", "told"),
    [
        ((32, 64), torch.float32, "is F32; it must be BF16"),
        ((32, 48), torch.bfloat16, r"is \[32, 48\]; groups of 32 inputs do not fill its rows"),
    ],
)
def test_an_expert_that_does_not_fit_is_refused(
    tmp_path: Path, shape: tuple[int, int], dtype: torch.dtype, told: str
) -> None:
    source = plain(tmp_path / "bf16")
    rewrite(source, f"{EXPERT}.weight", torch.zeros(shape, dtype=dtype))
    with pytest.raises(FarsideError, match=rf"model-1\.safetensors: {EXPERT}\.weight {told}"):
        prepare(source, tmp_path / "int4")


def test_what_cannot_be_converted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match="is INT4 already"):
        prepare(int4(tmp_path / "packed"), tmp_path / "int4")
    source = plain(tmp_path / "dense", replace(SMALL, first_k_dense_replace=3))
    with pytest.raises(FarsideError, match="has no routed experts"):
        prepare(source, tmp_path / "int4")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    with pytest.raises(FarsideError, match="taken exists already"):
        prepare(plain(tmp_path / "bf16"), tmp_path / "taken")


def test_what_the_config_asks_for_must_be_there(tmp_path: Path) -> None:
    source = plain(tmp_path / "bf16")
    index = json.loads((source / INDEX).read_text())
    del index["weight_map"]["model.layers.2.mlp.experts.3.up_proj.weight"]
    (source / INDEX).write_text(json.dumps(index))
    with pytest.raises(FarsideError, match=r"no tensor model\.layers\.2\.mlp\.experts\.3\.up_proj\.weight"):
        prepare(source, tmp_path / "int4")


def test_the_text_of_a_model_that_sees_is_converted(tmp_path: Path) -> None:
    """K2.5: names have a prefix, what declares the scheme does not know it, and a tower of another kind stays."""
    source, target = plain(tmp_path / "bf16"), tmp_path / "int4"
    held = {f"language_model.{name}": tensor for name, tensor in all_tensors(source).items()}
    held["vision_tower.blocks.0.mlp.up_proj.weight"] = torch.ones(4, 4).bfloat16()
    for path in source.glob("*.safetensors*"):
        path.unlink()
    save_file(held, source / "model.safetensors")
    outer = {"model_type": "kimi_k25", "text_config": json.loads((source / "config.json").read_text())}
    (source / "config.json").write_text(json.dumps(outer))
    write_checkpoint(prepare(source, target), silent)
    config = json.loads((target / "config.json").read_text())
    assert config["text_config"]["quantization_config"] == OURS and "quantization_config" not in config
    checkpoint = open_checkpoint(target)
    checkpoint.require(tensors(read_config(target)))
    assert checkpoint.is_packed(f"language_model.{EXPERT}")
    assert torch.equal(checkpoint.weight("vision_tower.blocks.0.mlp.up_proj"), torch.ones(4, 4).bfloat16())


def test_too_little_room_is_found_before_anything_is_written(tmp_path: Path) -> None:
    source = plain(tmp_path / "bf16")
    with (source / "huge.txt").open("wb") as file:
        file.truncate(shutil.disk_usage(tmp_path).total)
    with pytest.raises(FarsideError, match=r"The INT4 checkpoint needs \d+\.\d GB in .*; \d+\.\d GB are free"):
        prepare(source, tmp_path / "int4")
    assert names(tmp_path) == {"bf16"}


def test_transformers_reads_it_and_says_the_same(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="needs the extra k2")
    pytest.importorskip("compressed_tensors", reason="needs the extra k2")
    from farside.k2.load import load

    source, target = plain(tmp_path / "bf16", replace(SMALL, model_type="deepseek_v3")), tmp_path / "int4"
    write_checkpoint(prepare(source, target), silent)
    ids = torch.randint(0, 256, (1, 40), generator=torch.Generator().manual_seed(1))
    ours, packed = load(target).float(), read_by_package(transformers, target)
    checkpoint = open_checkpoint(target)
    for name in checkpoint.where:
        if name.endswith(".weight_packed"):
            module = name.removesuffix(".weight_packed")
            rewrite(source, f"{module}.weight", checkpoint.weight(module))
    dequantized = read_by_package(transformers, source)
    with torch.no_grad():
        logits = packed(ids).logits[0]
        assert torch.equal(dequantized(ids).logits[0], logits)
        assert (ours([ids[0]]) - logits).abs().max() <= 1e-5


def read_by_package(transformers: Any, folder: Path) -> Any:
    """Read in bf16, as everyone does (in fp32 it would not round a weight that it unpacks); then compute in fp32."""
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    return torch.nn.Module.float(model)
