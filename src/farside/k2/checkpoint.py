"""A checkpoint folder: sharded safetensors with an index, checked as a whole, then read one tensor at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from farside.errors import FarsideError
from farside.k2.int4 import dequantize
from farside.k2.scheme import CODES_A_WORD, ROUTED_EXPERT, Scheme, module_of, packed_specs, read_scheme
from farside.k2.shard import AGAIN, Shard, Spec, read_shard
from farside.k2.tensors import Tensor as Named

INDEX = "model.safetensors.index.json"
SINGLE = "model.safetensors"
CONFIG = "config.json"
EMBEDDING = "model.embed_tokens.weight"
TORCH_DTYPES = {
    **{"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32, "F64": torch.float64},
    **{"I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8},
}
PLAIN = ("BF16", "F16", "F32")
"""Dtypes that a tensor may have which is not packed."""
PARTS = {"weight_packed": ("I32",), "weight_scale": ("BF16", "F32"), "weight_shape": ("I64", "I32")}
"""What a packed weight consists of, and the dtypes of each."""


NOT_K2 = "is packed; in K2 the routed experts are INT4, and nothing else is"
TOGETHER = "The config.json and the shards belong together: fetch both again."
CONVERT = "Fetch the file again, or take the checkpoint in bf16 and convert it: farside k2 quantize SRC DST."


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder in which every tensor that the index names is there, whole and of a dtype that is understood."""

    folder: Path
    config: Mapping[str, Any]
    """config.json as it stands."""
    scheme: Scheme | None
    """None: nothing is packed."""
    shards: Mapping[str, Shard]
    """By file name, in the order of the names."""
    where: Mapping[str, str]
    """Tensor -> file name."""

    def spec(self, name: str) -> Spec:
        """Return what the file says of a tensor."""
        return self._shard(name).specs[name]

    def read(self, name: str) -> Tensor:
        """Read one tensor as it is stored, and nothing else of its file.

        Raises:
            FarsideError: there is none of that name, or it was cut off since.
        """
        spec, octets = self.spec(name), self.octets(name)
        if not octets:
            return torch.empty(spec.shape, dtype=TORCH_DTYPES[spec.dtype])
        return torch.frombuffer(octets, dtype=TORCH_DTYPES[spec.dtype]).view(spec.shape)

    def octets(self, name: str) -> bytearray:
        """Read one tensor's bytes.

        Raises:
            FarsideError: there is none of that name, or it was cut off since.
        """
        return self._shard(name).read(name)

    def is_packed(self, module: str) -> bool:
        """Say whether a module's weight is INT4."""
        return f"{module}.weight_packed" in self.where

    def packed(self, module: str) -> tuple[Tensor, Tensor, tuple[int, int]]:
        """Read an INT4 weight as (packed int32 [out, in/8], scale [out, in/32], (out, in)).

        Raises:
            FarsideError: weight_shape says otherwise than the packed words.
        """
        return self.read(f"{module}.weight_packed"), self.read(f"{module}.weight_scale"), self.packed_shape(module)

    def packed_shape(self, module: str) -> tuple[int, int]:
        """Read the shape (out, in) of an INT4 weight.

        Raises:
            FarsideError: it is another than that of the packed words.
        """
        rows, columns = self.read(f"{module}.weight_shape").tolist()
        words = self.spec(f"{module}.weight_packed").shape
        if (rows, columns) != (words[0], CODES_A_WORD * words[1]):
            raise FarsideError(
                f"{self._shard(f'{module}.weight_shape').path}: {module}.weight_shape is [{rows}, {columns}], which "
                f"{list(words)} words do not hold.",
                AGAIN,
            )
        return rows, columns

    def weight(self, module: str) -> Tensor:
        """Read a module's weight [out, in]; an INT4 one as bf16."""
        return dequantize(*self.packed(module)) if self.is_packed(module) else self.read(f"{module}.weight")

    @property
    def prefix(self) -> str:
        """What stands before the names of a language model's tensors where it is one part of several (K2.5)."""
        return prefix_in(self.where)

    def require(self, wanted: Iterable[Named]) -> None:
        """Check that tensors of the language model are there, with their shapes and in one dtype; INT4 or plain.

        Raises:
            FarsideError: one is missing, of another shape, or of another dtype than those before it; file and tensor
                are named.
        """
        prefix, dtypes = self.prefix, dict[str, str]()
        for tensor in wanted:
            name = prefix + tensor.name
            module = module_of(name)
            if self.is_packed(module) and name.endswith(".weight"):
                self._require(packed_specs(Spec(name, "BF16", tensor.shape))[0])
                self.packed_shape(module)
                continue
            found = self._require(Spec(name, "BF16", tensor.shape))
            if tensor.part != "routers":  # these are computed in fp32, however they are stored
                dtypes.setdefault(found.dtype, name)
        if len(dtypes) > 1:
            (dtype, name), (other, odd), *_ = dtypes.items()
            raise FarsideError(
                f"{self._shard(odd).path}: {odd} is {other}, but {name} is {dtype}; a model runs in one of them.",
                TOGETHER,
            )

    def _require(self, spec: Spec) -> Spec:
        if spec.name not in self.where:
            raise FarsideError(f"{self.folder} has no tensor {spec.name}, which its config asks for.", TOGETHER)
        found = self.spec(spec.name)
        if found.shape != spec.shape:
            raise FarsideError(
                f"{self._shard(spec.name).path}: {spec.name} is {list(found.shape)}; by config.json it must be "
                f"{list(spec.shape)}.",
                TOGETHER,
            )
        return found

    def _shard(self, name: str) -> Shard:
        if name not in self.where:
            raise FarsideError(f"{self.folder} has no tensor {name}.", AGAIN)
        return self.shards[self.where[name]]


def open_checkpoint(folder: Path) -> Checkpoint:
    """Read the index and the headers of all shards, and check them; no tensor is read.

    Raises:
        FarsideError: a shard is missing, a tensor is missing, cut off or of a wrong dtype, or the weights are in
            another scheme than K2's INT4. File and tensor are named.
    """
    config = read_object(folder / CONFIG)
    scheme = read_scheme(config.get("quantization_config") or _inner(config).get("quantization_config"))
    where = _where(folder)
    shards = {file: _shard_of(folder, file, where) for file in sorted(set(where.values()))}
    prefix = prefix_in(where)
    for name, file in where.items():
        if name not in shards[file].specs:
            raise FarsideError(f"{folder / file} lacks the tensor {name}, which the index places there.", AGAIN)
        quantized = (
            scheme is not None and name.startswith(prefix) and scheme.quantizes(module_of(name)[len(prefix) :])
        )
        _check(shards[file], shards[file].specs[name], quantized)
    checkpoint = Checkpoint(folder, config, scheme, shards, where)
    for name in where:
        if name.endswith(".weight_packed"):
            _check_parts(checkpoint, module_of(name))
    return checkpoint


def read_object(path: Path) -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Raises:
        FarsideError: it is missing or holds something else.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FarsideError(f"{path} cannot be read: {error.strerror}.", "Name a checkpoint's folder.") from None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise FarsideError(f"{path} holds no JSON object.", AGAIN)
    return value


def _inner(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the text model's config of a model that also sees (K2.5)."""
    inner = config.get("text_config")
    return inner if isinstance(inner, dict) else {}


def _where(folder: Path) -> dict[str, str]:
    if not (folder / INDEX).is_file() and (folder / SINGLE).is_file():
        return dict.fromkeys(read_shard(folder / SINGLE).specs, SINGLE)
    where = read_object(folder / INDEX).get("weight_map")
    if not isinstance(where, dict) or not where:
        raise FarsideError(f"{folder / INDEX} has no weight_map.", AGAIN)
    for name, file in where.items():
        if not isinstance(file, str) or Path(file).name != file:
            raise FarsideError(f"{folder / INDEX} places {name} in {file!r}, which is no file's name.", AGAIN)
    return where


def _shard_of(folder: Path, file: str, where: Mapping[str, str]) -> Shard:
    if not (folder / file).is_file():
        within = [name for name, place in where.items() if place == file]
        raise FarsideError(
            f"The shard {folder / file} is missing; it holds {within[0]} and {len(within) - 1} tensors more.",
            "Fetch that file from where the checkpoint came.",
        )
    return read_shard(folder / file)


def prefix_in(names: Iterable[str]) -> str:
    """Return what stands before the names of the language model's tensors; a scheme names its modules without it."""
    return next((name.removesuffix(EMBEDDING) for name in names if name.endswith(EMBEDDING)), "")


def _check(shard: Shard, spec: Spec, quantized: bool) -> None:
    """Check a tensor's dtype, and that it is packed if, and only if, the config says that its module is quantized."""
    module, _, part = spec.name.rpartition(".")
    if part in PARTS:
        right = quantized and ROUTED_EXPERT.fullmatch(module)
        wrong = "" if right else "is packed; of that, config.json says nothing" if not quantized else NOT_K2
        if not wrong and spec.dtype not in PARTS[part]:
            wrong = f"is {spec.dtype}; it must be {' or '.join(PARTS[part])}"
    elif part in ("weight", "bias", "e_score_correction_bias"):
        wrong = "" if spec.dtype in PLAIN else f"is {spec.dtype}; a weight is INT4 as in K2 Thinking, or plain bf16"
        if quantized and part == "weight":
            wrong = "is not packed; config.json says that it is"
    else:
        wrong = ""
    if wrong:
        raise FarsideError(f"{shard.path}: {spec.name} {wrong}.", CONVERT)


def _check_parts(checkpoint: Checkpoint, module: str) -> None:
    """Check that a packed weight has all its parts, in shapes that fit."""
    for part in PARTS:
        if f"{module}.{part}" not in checkpoint.where:
            raise FarsideError(f"{checkpoint.folder} has no tensor {module}.{part}.", AGAIN)
    packed = checkpoint.spec(f"{module}.weight_packed").shape
    if len(packed) != 2:
        file = checkpoint.folder / checkpoint.where[f"{module}.weight_packed"]
        raise FarsideError(f"{file}: {module}.weight_packed is {list(packed)}; it must be a matrix.", AGAIN)
    wanted = packed_specs(Spec(f"{module}.weight", "BF16", (packed[0], packed[1] * CODES_A_WORD)))
    for spec in wanted:
        found = checkpoint.spec(spec.name).shape
        if found != spec.shape:
            file = checkpoint.folder / checkpoint.where[spec.name]
            raise FarsideError(f"{file}: {spec.name} is {list(found)}; it must be {list(spec.shape)}.", AGAIN)
