"""A checkpoint folder becomes a model in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from farside.k2.checkpoint import Checkpoint, open_checkpoint
from farside.k2.config import read_config
from farside.k2.int4_linear import int4_experts
from farside.k2.model import CausalLM, experts_in_memory
from farside.k2.tensors import tensors


def load(folder: Path) -> CausalLM:
    """Read a whole model, in the dtypes in which it is stored; INT4 experts stay INT4.

    All of it is checked before the first tensor is read. Tensors that the forward pass does not use (layers past the
    last, a vision tower) are left where they are.

    Raises:
        FarsideError: the config or the checkpoint is not understood or not whole.
    """
    config, checkpoint = read_config(folder), open_checkpoint(folder)
    checkpoint.require(tensors(config))
    with torch.device("meta"):
        model = CausalLM(config, int4_experts if checkpoint.scheme else experts_in_memory)
    model.load_state_dict(dict(_stored(model, checkpoint)), assign=True)
    return model.requires_grad_(False)


def _stored(model: CausalLM, checkpoint: Checkpoint) -> Iterator[tuple[str, Tensor]]:
    """Yield the tensors that a model has; the bias of the router is in fp32 whatever the file holds."""
    prefix = checkpoint.prefix
    for name in model.state_dict():
        tensor = checkpoint.read(prefix + name)
        yield name, tensor.float() if name.endswith("e_score_correction_bias") else tensor
