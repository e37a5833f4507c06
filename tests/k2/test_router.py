"""The router chooses by biased scores, and weighs by unbiased ones."""

from dataclasses import replace

import pytest

pytest.importorskip("torch", reason="the model needs the extra k2")

import torch
from torch import Tensor

from farside.k2.config import Config, preset
from farside.k2.model import Router

PLAIN = replace(preset("tiny"), hidden_size=8, routed_scaling_factor=2.0)
"""Eight experts, two a token."""


def route(config: Config, affinity: list[float], bias: list[float]) -> tuple[list[int], list[float]]:
    """Route one token that has these affinities with the experts; return the chosen, best first, and weights."""
    router = Router(config)
    with torch.no_grad():
        router.weight.copy_(torch.diag(torch.tensor(affinity).logit()))
        router.e_score_correction_bias.copy_(torch.tensor(bias))
        chosen, weights = router(torch.ones(1, 8))
    return chosen[0].tolist(), [round(weight, 4) for weight in weights[0].tolist()]


AFFINITY = [0.9, 0.8, 0.1, 0.1, 0.5, 0.1, 0.6, 0.3]
NONE = [0.0] * 8


def test_the_best_are_chosen_and_share_the_scale() -> None:
    assert route(PLAIN, AFFINITY, NONE) == ([0, 1], [1.0588, 0.9412])  # 2 x 0.9 / 1.7, 2 x 0.8 / 1.7


def test_a_bias_chooses_and_does_not_weigh() -> None:
    assert route(PLAIN, AFFINITY, [0, -1, 0, 0, 0, 0, 0, 5]) == ([7, 0], [0.5, 1.5])


def test_weights_that_need_not_add_up() -> None:
    assert route(replace(PLAIN, norm_topk_prob=False), AFFINITY, NONE) == ([0, 1], [1.8, 1.6])


def test_only_the_best_groups_are_chosen_from() -> None:
    """A group counts as its two best: {6, 7} with 0.6 + 0.3 comes before {4, 5} with 0.5 + 0.1."""
    grouped = replace(PLAIN, n_group=4, topk_group=2, num_experts_per_tok=4)
    assert set(route(grouped, AFFINITY, NONE)[0]) == {0, 1, 6, 7}
    assert set(route(grouped, AFFINITY, [0, 0, 0, 0, 0, 0.5, 0, 0])[0]) == {0, 1, 4, 5}


def test_a_group_whose_scores_are_negative_stays_chosen() -> None:
    """The mask is minus infinity, not zero: outside experts would win over negative scores."""
    grouped = replace(PLAIN, n_group=4, topk_group=1)
    assert set(route(grouped, AFFINITY, [-2.0] * 8)[0]) == {0, 1}


def test_routing_is_in_fp32_whatever_the_model_is_in() -> None:
    """Two affinities that bfloat16 cannot tell apart are told apart."""
    router, wide = Router(PLAIN), torch.zeros(1, 8, dtype=torch.bfloat16)
    router.weight.data = router.weight.data.bfloat16()
    router.e_score_correction_bias[5], router.e_score_correction_bias[3] = 0.00002, 0.00001
    chosen, weights = router(wide)
    assert (chosen[0].tolist(), weights.dtype) == ([5, 3], torch.float32)


def ties(scores: Tensor) -> int:
    return len(scores) - len(set(scores.tolist()))


def test_scores_above_one_half_do_not_saturate_in_fp32() -> None:
    scores = torch.linspace(4, 5, 384).sigmoid()
    assert (ties(scores), ties(scores.bfloat16()) > 300) == (0, True)
