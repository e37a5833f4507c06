"""A bf16 checkpoint made into K2's INT4: the routed experts packed, all else byte for byte as it was.

Shard by shard; of a shard, one tensor at a time is in memory. A broken conversion goes on with the first shard that
is not whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from farside.errors import FarsideError
from farside.k2.checkpoint import CONFIG, Checkpoint, open_checkpoint
from farside.k2.config import read_config
from farside.k2.int4 import RuleName, quantize
from farside.k2.new_checkpoint import NewCheckpoint, Piece, packed_octets
from farside.k2.scheme import GROUP, OURS, ROUTED_EXPERT, module_of, packed_specs
from farside.k2.shard import Spec
from farside.k2.tensors import tensors
from farside.k2.unfinished import check_place, check_room

WEIGHT_FILES = (".safetensors", ".bin", ".pt", ".pth", ".gguf", ".safetensors.index.json")
"""Files of the source that are not taken over as they are."""


def prepare(source: Path, target: Path, rule: RuleName = "absmax_7_5") -> NewCheckpoint:
    """Check all that can be checked, and return the INT4 checkpoint for `write_checkpoint`.

    Raises:
        FarsideError: the source is broken, lacks a tensor, is packed already, no bf16, or has no routed experts; the
            target is taken; the disk is too small.
    """
    checkpoint = open_checkpoint(source)
    if checkpoint.scheme:
        raise FarsideError(f"{source} is INT4 already.", "Take the checkpoint in bf16.")
    experts = [name for name in checkpoint.where if is_routed(name)]
    if not experts:
        raise FarsideError(
            f"{source} has no routed experts (tensors such as model.layers.1.mlp.experts.0.up_proj.weight).",
            "There is nothing to quantize: in K2 only they are INT4.",
        )
    for name in experts:
        _check_expert(checkpoint, name)
    checkpoint.require(tensors(read_config(source)))
    check_place(target)
    new = _converted(checkpoint, target, rule)
    check_room(target, new.disk_bytes + sum(path.stat().st_size for path in _beside(source)), "The INT4 checkpoint")
    return new


def _converted(source: Checkpoint, target: Path, rule: RuleName) -> NewCheckpoint:
    pieces: dict[str, list[Piece]] = {file: [] for file in source.shards}
    for name, file in source.where.items():
        pieces[file].append(_piece(source, source.spec(name), rule))
    stats = {file: shard.path.stat() for file, shard in source.shards.items()}
    job = {"quantize": rule, "from": {file: [stat.st_size, stat.st_mtime_ns] for file, stat in stats.items()}}
    return NewCheckpoint(target, job, pieces, _declaring(source.config), partial(_copy, _beside(source.folder)))


def _declaring(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a config.json that says INT4, where the family says it: K2.5 in its `text_config`."""
    inner = config.get("text_config")
    if inner is None:
        return {**config, "quantization_config": OURS}
    return {**config, "text_config": {**inner, "quantization_config": OURS}}


def _beside(folder: Path) -> list[Path]:
    """Return the files that are taken over: the tokenizer's, generation_config.json, the licence."""
    files = (path for path in sorted(folder.iterdir()) if path.is_file() and path.name != CONFIG)
    return [path for path in files if not path.name.endswith(WEIGHT_FILES)]


def is_routed(tensor: str) -> bool:
    """Say whether a tensor is the weight of a routed expert."""
    return tensor.endswith(".weight") and ROUTED_EXPERT.fullmatch(module_of(tensor)) is not None


def _check_expert(checkpoint: Checkpoint, name: str) -> None:
    spec = checkpoint.spec(name)
    wrong = f"is {spec.dtype}; it must be BF16" if spec.dtype != "BF16" else ""
    if len(spec.shape) != 2 or spec.shape[1] % GROUP:
        wrong = f"is {list(spec.shape)}; groups of {GROUP} inputs do not fill its rows"
    if wrong:
        raise FarsideError(
            f"{checkpoint.folder / checkpoint.where[name]}: {name} {wrong}.",
            "Take the checkpoint in bf16; only models of the Kimi K2 family can be converted.",
        )


def _piece(source: Checkpoint, spec: Spec, rule: RuleName) -> Piece:
    if is_routed(spec.name):
        return Piece(packed_specs(spec), partial(_packed, source, spec, rule))
    return Piece((spec,), partial(_as_it_was, source, spec))


def _packed(source: Checkpoint, spec: Spec, rule: RuleName) -> Sequence[memoryview]:
    packed, scale = quantize(source.read(spec.name), rule)
    if not scale.isfinite().all():
        file = source.folder / source.where[spec.name]
        raise FarsideError(f"{file}: {spec.name} holds values that are no finite numbers.", "Fetch the file again.")
    return packed_octets(packed, scale, spec.shape)


def _as_it_was(source: Checkpoint, spec: Spec) -> Sequence[memoryview]:
    return [memoryview(source.octets(spec.name))]


def _copy(files: Sequence[Path], folder: Path) -> None:
    for path in files:
        shutil.copyfile(path, folder / path.name)
