"""The objective of reinforcement (Kimi K2, arXiv 2507.20534, section 3.2; from K1.5, arXiv 2501.12599, 2.3.2). Pure.

L = E_x [ 1/K sum_i ( r(x, y_i) - mean_j r(x, y_j) - tau log( pi(y_i|x) / pi_old(y_i|x) ) )^2 ]

y_1 .. y_K are the rollouts of a task x, sampled by pi_old.
"""

from __future__ import annotations

from torch import Tensor


def reward(right: bool, cut: bool, penalty: float) -> float:
    """Return 1 for what is right by execution, else 0; `-penalty` for what its budget of tokens cut off."""
    return -penalty if cut else float(right)


def advantages(rewards: Tensor) -> Tensor:
    """Take rewards [tasks, K] to what each is above the mean of its task [tasks, K]."""
    return rewards - rewards.mean(dim=1, keepdim=True)


def errors(advantages: Tensor, log_ratios: Tensor, tau: float) -> Tensor:
    """Return the squares whose mean over all rollouts is L.

    log_ratios: log(pi / pi_old) of each rollout, of the shape of `advantages`.
    """
    return (advantages - tau * log_ratios).square()


def log_probabilities(logits: Tensor, ids: Tensor, temperature: float) -> Tensor:
    """Return log pi of each id [N] that was sampled at a temperature from logits [N, vocabulary]."""
    return (logits / temperature).log_softmax(-1).gather(1, ids[:, None])[:, 0]
