"""A policy's update on rollouts: the gradients of K2's objective, added up a few rollouts at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from farside.k2.model import CausalLM
from farside.train.model import grouped
from farside.train.next_token import CHUNK, logits_of
from farside.train.objective import advantages, errors, log_probabilities
from farside.train.order import parts
from farside.train.rollouts import Rollout


@dataclass(frozen=True, slots=True)
class Batch:
    """The rollouts of a step, and what each was worth."""

    rollouts: Sequence[Rollout]
    """Those of one task behind each other."""
    advantages: Tensor
    """[rollouts]"""
    temperature: float
    tau: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of it."""

    loss: float
    """L"""
    log_pi: Tensor
    """Of the policy as it was [rollouts]"""
    loads: list[Tensor]
    """Of each layer with experts, how many tokens of the rollouts chose each [experts]."""


def batch_of(
    rollouts: Sequence[Rollout], rewards: Sequence[float], each: int, temperature: float, tau: float
) -> Batch:
    """Weigh rollouts, `each` of every task, against the mean of their task."""
    return Batch(rollouts, advantages(torch.tensor(rewards).view(-1, each)).flatten(), temperature, tau)


def add_policy_gradients(model: CausalLM, batch: Batch, sampled: Tensor | None) -> Seen:
    """Add the gradients of L / (2 tau), so that they have one size whatever tau is.

    sampled: log pi_old [rollouts]. None: the model is the policy that sampled.
    """
    now, loss = torch.zeros(len(batch.rollouts)), 0.0
    loads = [torch.zeros(len(experts)) for experts in grouped(model)]
    for part in parts([_size(rollout) for rollout in batch.rollouts], CHUNK):
        log_pi = log_pi_of(model, [batch.rollouts[index] for index in part], batch.temperature)
        now[part] = log_pi.detach()
        old = now[part] if sampled is None else sampled[part]
        total = errors(batch.advantages[part], log_pi - old, batch.tau).sum() / len(batch.rollouts)
        (total / (2 * batch.tau)).backward()  # type: ignore[no-untyped-call]
        loss += float(total.detach())
        for load, experts in zip(loads, grouped(model), strict=True):
            assert experts.load is not None
            load += experts.load
    return Seen(loss, now, loads)


def log_pi_of(model: CausalLM, rollouts: Sequence[Rollout], temperature: float) -> Tensor:
    """Return log pi of all that was said in each rollout [rollouts]."""
    examples = [(index, one) for index, rollout in enumerate(rollouts) for one in rollout.sequences]
    ids = [torch.tensor(one.ids) for _, one in examples]
    said = torch.cat([torch.tensor(one.learnt[1:]) for _, one in examples])
    owners = torch.cat([torch.full((len(one.ids) - 1,), index) for index, one in examples])
    targets = torch.cat([each[1:] for each in ids])
    log_pi = log_probabilities(logits_of(model, ids)[said], targets[said], temperature)
    return torch.zeros(len(rollouts)).index_add(0, owners[said], log_pi)


def _size(rollout: Rollout) -> int:
    return sum(len(one.ids) for one in rollout.sequences)
