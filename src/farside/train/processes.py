"""One training on several processes, as torchrun starts them: FSDP2 shards the model, each takes its share of a step.

A process that is alone does nothing of this. What lies on disk is the same for any number of processes.
"""

from __future__ import annotations

import os
from typing import Any

import torch
from torch import Tensor, distributed
from torch.optim import Optimizer

from farside.errors import FarsideError
from farside.k2.model import CausalLM


def join() -> None:
    """Find the other processes, where torchrun started this one."""
    if distributed.is_torchelastic_launched():
        distributed.init_process_group("gloo")


def check_alone(what: str, command: str) -> None:
    """Refuse to run, as one of several processes that torchrun started, what knows nothing of the others.

    Raises:
        FarsideError: there are others.
    """
    if os.environ.get("WORLD_SIZE", "1") != "1":
        raise FarsideError(f"{what} runs in one process.", f"start it without torchrun: {command}")


def leave() -> None:
    """Let go of the other processes."""
    if distributed.is_initialized():
        distributed.destroy_process_group()


def count() -> int:
    """Return how many processes there are."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def rank() -> int:
    """Return which of them this one is, from 0."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def is_first() -> bool:
    """Tell whether this is the one that writes to disk and tells."""
    return rank() == 0


def wait() -> None:
    """Wait until all processes are here."""
    if count() > 1:
        distributed.barrier()


def largest(values: Tensor) -> Tensor:
    """Return the largest over all processes, elementwise."""
    return _over_all(values, distributed.ReduceOp.MAX)


def summed(values: Tensor) -> Tensor:
    """Return the sum over all processes, elementwise."""
    return _over_all(values, distributed.ReduceOp.SUM)


def _over_all(values: Tensor, how: distributed.ReduceOp.RedOpType) -> Tensor:
    if count() == 1:
        return values
    values = values.clone()
    distributed.all_reduce(values, how)
    return values


def shard(model: CausalLM) -> None:
    """Leave each process its share of every parameter; the gradients of all are added up, not averaged."""
    if count() == 1:
        return
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh("cpu", (count(),))
    for module in (*model.model.layers, model):
        sharded = fully_shard(module, mesh=mesh)
        sharded.set_gradient_divide_factor(1.0)
        sharded.set_force_sum_reduction_for_comms(True)  # gloo knows no other.


def own(tensor: Tensor) -> Tensor:
    """Return this process's share of a parameter or its gradient."""
    share: Tensor = tensor.to_local() if hasattr(tensor, "to_local") else tensor
    return share


def whole(held: Any) -> Any:
    """Return tensors, also those in dictionaries and lists, put together from all shares."""
    match held:
        case dict():
            return {name: whole(value) for name, value in held.items()}
        case list():
            return [whole(value) for value in held]
        case Tensor() if hasattr(held, "full_tensor"):
            return held.full_tensor()
    return held


def shared_out(tensor: Tensor, parameter: Tensor) -> Tensor:
    """Return this process's share of a whole tensor that all processes have, cut as the parameter is, where it is."""
    if count() == 1:
        return tensor
    from torch.distributed.tensor import DTensor, distribute_tensor

    if not isinstance(parameter, DTensor):
        return tensor
    return distribute_tensor(tensor, parameter.device_mesh, parameter.placements, src_data_rank=None)


def share_out(optimizer: Optimizer) -> None:
    """Cut what an optimizer keeps of each parameter, whole after loading, as the parameter is."""
    for parameter, kept in optimizer.state.items():
        for name, value in kept.items():
            if torch.is_tensor(value) and value.shape == parameter.shape:
                kept[name] = shared_out(value, parameter)
