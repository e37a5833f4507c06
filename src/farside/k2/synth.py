"""A checkpoint that is made up: random weights of a given shape, in the format in which K2 Thinking lies on disk.

For tests and benchmarks that need the bytes and not the sense. Each tensor's chance hangs on the seed and its name
alone; whichever layers there are, a layer is the same.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Generator

from farside.errors import FarsideError
from farside.k2 import tensors
from farside.k2.byte_tokenizer import write_byte_tokenizer
from farside.k2.checkpoint import TORCH_DTYPES
from farside.k2.config import Config
from farside.k2.new_checkpoint import NewCheckpoint, OnProgress, Piece, octets_of, packed_octets, write_checkpoint
from farside.k2.scheme import GROUP, OURS, module_of, packed_specs, read_scheme
from farside.k2.shard import Spec
from farside.k2.tokenizer_files import NAMES, RANKS
from farside.k2.unfinished import check_place, check_room

DTYPES = {"bfloat16": "BF16", "float16": "F16", "float32": "F32"}
"""config.json's name -> safetensors' name."""
SPREAD = 0.02
"""Standard deviation of weights: initializer_range of the family."""
UNIFORM_SPREAD = 21.25**0.5
"""Standard deviation of codes that are -8 .. 7, each as likely."""
STAND_IN = "TOKENIZER_IS_A_STAND_IN.txt"
STAND_IN_SAYS = (
    "tiktoken.model and tokenizer_config.json here are not Kimi K2's: one token a byte, made up by farside.\n"
)
SMALLEST_VOCABULARY = 512
"""Of the stand-in: a token a byte, and the control tokens."""


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What is to be made, checked before anything is written."""

    config: Config
    target: Path
    seed: int
    tokenizer: Path | None
    """The folder whose two files are taken; None: a stand-in."""

    @property
    def new(self) -> NewCheckpoint:
        """The checkpoint: a shard for what is outside of the layers, then one a layer."""
        files = self.config.num_hidden_layers + 1
        shards: dict[str, list[Piece]] = {}
        for tensor in tensors.tensors(self.config):
            layer = re.match(r"model\.layers\.(\d+)\.", tensor.name)
            number = int(layer[1]) + 2 if layer else 1
            piece = _piece(self, tensor)
            shards.setdefault(f"model-{number:05}-of-{files:05}.safetensors", []).append(piece)
        return NewCheckpoint(shards, self.config.as_json(), partial(_write_tokenizer, self))

    @property
    def job(self) -> dict[str, Any]:
        """What tells it from any other."""
        return {"synth": self.config.as_json(), "seed": self.seed, "tokenizer": str(self.tokenizer)}


def prepare(
    target: Path, config: Config, layers: int | None = None, seed: int = 0, tokenizer: Path | None = None
) -> Synthesis:
    """Check all that can be checked before work starts. The routed experts are INT4, whatever the config says.

    Raises:
        FarsideError: there are not so many layers, INT4 does not fit the shape, the tokenizer's files are missing,
            the target is taken, or the disk is too small.
    """
    count = config.num_hidden_layers if layers is None else layers
    if not 1 <= count <= config.num_hidden_layers:
        most = config.num_hidden_layers
        raise FarsideError(f"{count} layers cannot be made of {most}.", f"Ask for 1 to {most}: --layers N.")
    for field in ("hidden_size", "moe_intermediate_size"):
        if getattr(config, field) % GROUP:
            wrong = f"{field} is {getattr(config, field)}; INT4 has groups of {GROUP}."
            raise FarsideError(wrong, "Change the config: it must be a multiple.")
    _check_tokenizer(tokenizer, config)
    check_place(target)
    dense = min(config.first_k_dense_replace, count)
    shape = replace(config, num_hidden_layers=count, first_k_dense_replace=dense, quantization_config=OURS)
    synthesis = Synthesis(shape, target, seed, tokenizer)
    check_room(target, synthesis.new.disk_bytes + (32 << 20), "The checkpoint")
    return synthesis


def synthesize(synthesis: Synthesis, on_progress: OnProgress) -> None:
    """Write the checkpoint, a tensor at a time.

    Raises:
        FarsideError: the disk gave out; whole shards stay for the next try.
    """
    write_checkpoint(synthesis.target, synthesis.job, synthesis.new, on_progress)


def _piece(synthesis: Synthesis, tensor: tensors.Tensor) -> Piece:
    """Return how a tensor lies on disk and how it is made; the bias of the routing is fp32 in every checkpoint."""
    scheme, seed = read_scheme(synthesis.config.quantization_config), synthesis.seed
    bias = tensor.name.endswith("e_score_correction_bias")
    spec = Spec(tensor.name, "F32" if bias else DTYPES[synthesis.config.dtype], tensor.shape)
    if scheme and tensor.is_matrix and scheme.quantizes(module_of(tensor.name)):
        return Piece(packed_specs(spec), partial(_packed, spec, seed))
    return Piece((spec,), partial(_plain, spec, tensor.part == "norms", seed))


def _plain(spec: Spec, ones: bool, seed: int) -> Sequence[memoryview]:
    """Return normal weights with a deviation of 0.02; those of norms are 1."""
    tensor = torch.ones(spec.shape, dtype=TORCH_DTYPES[spec.dtype])
    return [octets_of(tensor if ones else tensor.normal_(0, SPREAD, generator=_chance(spec, seed)))]


def _packed(spec: Spec, seed: int) -> Sequence[memoryview]:
    """Return words of random bits, which are quick to make; the scales bring the weights' deviation to about 0.02."""
    words, scales, _ = packed_specs(spec)
    chance = _chance(spec, seed)
    packed = torch.empty(words.shape, dtype=torch.int32).random_(-(2**31), 2**31, generator=chance)
    scale = torch.rand(scales.shape, generator=chance).add_(0.5).mul_(SPREAD / UNIFORM_SPREAD)
    return packed_octets(packed, scale.bfloat16(), spec.shape)


def _chance(spec: Spec, seed: int) -> Generator:
    digest = hashlib.sha256(f"{seed} {spec.name}".encode()).digest()
    return Generator().manual_seed(int.from_bytes(digest[:8], "little", signed=True))


def _check_tokenizer(folder: Path | None, config: Config) -> None:
    if folder is None and config.vocab_size < SMALLEST_VOCABULARY:
        raise FarsideError(
            f"vocab_size is {config.vocab_size}; the stand-in for a tokenizer needs {SMALLEST_VOCABULARY} ids.",
            "Name the tokenizer that belongs to the shape: --tokenizer DIR.",
        )
    for name in (RANKS, NAMES):
        if folder and not (folder / name).is_file():
            raise FarsideError(f"{folder / name} is missing.", f"Name a folder that holds {RANKS} and {NAMES}.")


def _write_tokenizer(synthesis: Synthesis, folder: Path) -> None:
    if synthesis.tokenizer is None:
        write_byte_tokenizer(folder, synthesis.config.vocab_size)
        (folder / STAND_IN).write_text(STAND_IN_SAYS)
        return
    for name in (RANKS, NAMES):
        shutil.copyfile(synthesis.tokenizer / name, folder / name)
