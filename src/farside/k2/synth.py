"""A checkpoint that is made up: random weights of a given shape, in the format in which K2 Thinking lies on disk.

For tests and benchmarks that need the bytes and not the sense. Each tensor's chance hangs on the seed and its name
alone; whichever layers there are, a layer is the same.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import Generator

from farside.errors import FarsideError
from farside.k2.byte_tokenizer import write_byte_tokenizer
from farside.k2.checkpoint import TORCH_DTYPES
from farside.k2.config import Config
from farside.k2.new_checkpoint import NewCheckpoint, Piece, octets_of, packed_octets
from farside.k2.scheme import GROUP, OURS, packed_specs
from farside.k2.shard import Spec
from farside.k2.tensors import Tensor as Named
from farside.k2.tensors import tensors
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


def prepare(
    target: Path, config: Config, layers: int | None = None, seed: int = 0, tokenizer: Path | None = None
) -> NewCheckpoint:
    """Check all that can be checked, and return the checkpoint for `write_checkpoint`; its experts are INT4.

    tokenizer: the folder whose two files are taken; None: a stand-in.

    Raises:
        FarsideError: there are not so many layers, INT4 does not fit the shape, the tokenizer's files are missing,
            the target is taken, or the disk is too small.
    """
    shape = _shape(config, config.num_hidden_layers if layers is None else layers)
    _check_tokenizer(tokenizer, config)
    check_place(target)
    job = {"synth": shape.as_json(), "seed": seed, "tokenizer": str(tokenizer)}
    beside = partial(_write_tokenizer, shape.vocab_size, tokenizer)
    new = NewCheckpoint(target, job, _shards(shape, seed), shape.as_json(), beside)
    check_room(target, new.disk_bytes, "The checkpoint")
    return new


def _shape(config: Config, layers: int) -> Config:
    most = config.num_hidden_layers
    if not 1 <= layers <= most:
        raise FarsideError(f"{layers} layers cannot be made of {most}.", f"Ask for 1 to {most}: --layers N.")
    for field in ("hidden_size", "moe_intermediate_size"):
        if getattr(config, field) % GROUP:
            wrong = f"{field} is {getattr(config, field)}; INT4 has groups of {GROUP}."
            raise FarsideError(wrong, "Change the config: it must be a multiple.")
    dense = min(config.first_k_dense_replace, layers)
    return replace(config, num_hidden_layers=layers, first_k_dense_replace=dense, quantization_config=OURS)


def _shards(config: Config, seed: int) -> dict[str, list[Piece]]:
    """Return a shard for what is outside of the layers, then one for each layer."""
    files = config.num_hidden_layers + 1
    shards: dict[str, list[Piece]] = {}
    for tensor in tensors(config):
        layer = re.match(r"model\.layers\.(\d+)\.", tensor.name)
        number = int(layer[1]) + 2 if layer else 1
        piece = _piece(tensor, DTYPES[config.dtype], seed)
        shards.setdefault(f"model-{number:05}-of-{files:05}.safetensors", []).append(piece)
    return shards


def _piece(tensor: Named, dtype: str, seed: int) -> Piece:
    """Return how a tensor lies on disk and how it is made; the bias of the routing is fp32 in every checkpoint."""
    spec = Spec(tensor.name, "F32" if tensor.name.endswith("e_score_correction_bias") else dtype, tensor.shape)
    if tensor.part == "routed experts":
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


def _write_tokenizer(vocabulary: int, given: Path | None, folder: Path) -> None:
    if given is None:
        write_byte_tokenizer(folder, vocabulary)
        (folder / STAND_IN).write_text(STAND_IN_SAYS)
        return
    for name in (RANKS, NAMES):
        shutil.copyfile(given / name, folder / name)
