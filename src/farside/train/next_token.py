"""The loss of the next token over whole examples, its gradients added up a part at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from farside.k2.model import CausalLM
from farside.k2.precision import autocast
from farside.train import processes
from farside.train.model import grouped
from farside.train.order import passes

CHUNK = 4096
"""Tokens whose logits are in memory together, and whose forward and backward pass are one."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of it."""

    loss: float
    right: float
    """Share of the learnt tokens that were the likeliest."""
    loads: list[Tensor]
    """Of each layer with experts, how many tokens chose each [experts]."""


def logits_of(model: CausalLM, ids: Sequence[Tensor]) -> Tensor:
    """Return the logits of each id but the first of its sequence, one sequence behind the other [N, vocabulary]."""
    with autocast():
        logits: Tensor = model([each[:-1] for each in ids])
    return logits.float()


def add_gradients(
    model: CausalLM, examples: Sequence[tuple[Tensor, Tensor]], others: float, scale: float = 1.0
) -> Seen:
    """Add the gradients of `scale` times the loss, which is the mean over tokens by their weight.

    examples: ids [T], and which of them are learnt [T]; the weight of these is 1, that of all others `others`. Where
    there are several processes, each runs its share of them, and what is returned is that of all.
    """
    weights = [torch.where(learnt[1:], 1.0, others) for _, learnt in examples]
    whole = sum(float(weight.sum()) for weight in weights)
    loss = right = learnt = 0.0
    loads = [torch.zeros(len(experts)) for experts in grouped(model)]
    for part in passes([len(ids) for ids, _ in examples], CHUNK, processes.rank(), processes.count()):
        ids = [examples[index][0] for index in part or [0]]
        logits = logits_of(model, ids)
        if not part:
            (logits * 0).sum().backward()  # type: ignore[no-untyped-call]
            continue
        targets = torch.cat([each[1:] for each in ids])
        weight = torch.cat([weights[index] for index in part])
        total = (functional.cross_entropy(logits, targets, reduction="none") * weight).sum() / whole
        (total * scale).backward()  # type: ignore[no-untyped-call]
        said = torch.cat([examples[index][1][1:] for index in part])
        loss += float(total.detach())
        right += float((logits.argmax(-1) == targets)[said].sum())
        learnt += float(said.sum())
        for load, experts in zip(loads, grouped(model), strict=True):
            assert experts.load is not None
            load += experts.load
    loss, right, learnt = processes.summed(torch.tensor([loss, right, learnt], dtype=torch.float64)).tolist()
    return Seen(loss, right / max(learnt, 1), [processes.summed(load) for load in loads])
