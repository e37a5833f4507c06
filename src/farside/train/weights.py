"""Weights of an earlier stage, taken up by what comes next, with the tokenizer that they were taught with."""

from __future__ import annotations

import pickle
from pathlib import Path

import torch

from farside.errors import FarsideError
from farside.k2.model import CausalLM
from farside.train.model import first_broken


def take_up(model: CausalLM, path: Path) -> None:
    """Give a model the weights of a file, which may be the whole state of a stage.

    Raises:
        FarsideError: the file cannot be read, is of another model, or holds what is no number.
    """
    again = "name the model.pt of a finished stage, and with --config the settings it was trained with"
    try:
        held = torch.load(path, weights_only=True)
        model.load_state_dict(held.get("model", held))
    except (OSError, EOFError, pickle.UnpicklingError) as error:
        raise FarsideError(f"{path} cannot be read as weights: {_first_line(error)}.", again) from None
    except (RuntimeError, AttributeError, TypeError) as error:  # other names or shapes, or no table of tensors
        raise FarsideError(f"{path} holds no weights of this model: {_first_line(error)}.", again) from None
    if broken := first_broken(model):
        raise FarsideError(f"{path} is damaged: {broken} is not finite.", again)


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
