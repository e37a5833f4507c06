"""Weights of an earlier stage, taken up by what comes next, with the tokenizer that they were taught with."""

from __future__ import annotations

import hashlib
import pickle
import struct
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from farside.errors import FarsideError
from farside.k2.checkpoint import Checkpoint, open_checkpoint
from farside.k2.config import Config, read_config
from farside.k2.int4 import unpack
from farside.k2.model import CausalLM
from farside.k2.scheme import GROUP, module_of
from farside.train.model import first_broken, made

BESIDE = ("model_type", "vocab_size", "bos_token_id", "eos_token_id", "quantization_config", "dtype")
"""Fields of a config that do not say what is computed, or whose tensors say it."""
UNREADABLE = (OSError, EOFError, pickle.UnpicklingError, RuntimeError, ValueError, LookupError, struct.error,
              TypeError, AttributeError)  # fmt: skip
"""What torch.load raises for files that it did not write, or not to their end: each was seen."""


def model_of(shape: Config, path: Path) -> CausalLM:
    """Make a model of this shape with the weights that `take_up` reads.

    Raises:
        FarsideError: see `take_up`.
    """
    model = made(shape, 0)
    take_up(model, path)
    return model


def take_up(model: CausalLM, path: Path) -> None:
    """Give a model the weights of a file, which may be the whole state of a stage, or of a checkpoint folder.

    Raises:
        FarsideError: it cannot be read, is of another model, or holds what is no number.
    """
    again = "name a model.pt or a checkpoint folder, and with --config the settings it was trained with"
    held: Mapping[str, Any] = _of_checkpoint(model, path, again) if path.is_dir() else read_table(path, again)
    try:
        model.load_state_dict(held.get("model", held))
    except (RuntimeError, AttributeError, TypeError) as error:  # other names or shapes, or no tensors
        raise FarsideError(f"{path} holds no weights of this model: {_first_line(error)}.", again) from None
    if broken := first_broken(model):
        raise FarsideError(f"{path} is damaged: {broken} is not finite.", again)


def read_table(path: Path, otherwise: str) -> dict[str, Any]:
    """Read a file of weights, or of the whole state of a stage; `otherwise`: what to do where it is none.

    Raises:
        FarsideError: it cannot be read, or holds something else.
    """
    try:
        held = torch.load(path, weights_only=True)
    except UNREADABLE as error:
        raise FarsideError(f"{path} cannot be read as weights: {_first_line(error)}.", otherwise) from None
    if not isinstance(held, dict):
        raise FarsideError(f"{path} cannot be read as weights: it holds no table.", otherwise)
    return held


def _of_checkpoint(model: CausalLM, path: Path, otherwise: str) -> Mapping[str, Tensor]:
    """Return what a checkpoint folder holds, by the names of the model."""
    _check_shape(model.config, read_config(path), path)
    checkpoint = open_checkpoint(path)
    try:
        return {name: _stored(checkpoint, name) for name in model.state_dict()}
    except (OSError, RuntimeError) as error:
        raise FarsideError(f"{path} cannot be read as weights: {_first_line(error)}.", otherwise) from None


def _check_shape(wanted: Config, found: Config, path: Path) -> None:
    """Refuse a checkpoint that computes something else, also where all of its tensors would fit."""
    one, other = asdict(wanted), asdict(found)
    for field in (field for field in one if field not in BESIDE and one[field] != other[field]):
        raise FarsideError(
            f"{path} has {field} = {other[field]}, and what is trained {one[field]}.",
            "say so in the settings: stretch for YaRN and the window, [shape] for the rest",
        )


def _stored(checkpoint: Checkpoint, name: str) -> Tensor:
    if checkpoint.is_packed(module := module_of(name)):
        return unrounded(*checkpoint.packed(module))
    return checkpoint.read(name)


def unrounded(packed: Tensor, scale: Tensor, shape: tuple[int, int]) -> Tensor:
    """Return a weight fp32 [out, in] that rounds to this INT4 one.

    The largest of a group is 7.5 scales wide (`farside.k2.int4`) and was rounded to 7 or -8: with what `dequantize`
    gives back the scale would come out as another, and move all of the group by 7%. A few scales still differ in the
    last place, and two codes in a thousand.
    """
    codes = unpack(packed, shape).float()
    wide = torch.where(codes == 7, 7.5, codes).clamp(min=-7.5)
    return (wide.view(*shape[:-1], -1, GROUP) * scale.float().unsqueeze(-1)).view(shape)


def digest(model: CausalLM) -> str:
    """Return the SHA-256 of a model's weights, by name: whose training goes on from them."""
    found = hashlib.sha256()
    for name, tensor in model.state_dict().items():
        found.update(name.encode())
        found.update(tensor.contiguous().numpy())
    return found.hexdigest()


def check_ids(tokenizer: int, model: int, data: Path) -> None:
    """Refuse a tokenizer with more ids than the model has; it may have fewer.

    Raises:
        FarsideError: that in the folder `data` has more.
    """
    if tokenizer > model:
        raise FarsideError(
            f"The tokenizer in {data} has {tokenizer} ids, the model {model}.",
            "name with --data what it was taught with",
        )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".:")
