"""YaRN gives the numbers that are known of K2, and transformers' frequencies bit for bit."""

import math
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("torch", reason="the model needs the extra k2")

import torch

from farside.k2.config import Yarn, preset
from farside.k2.yarn import inverse_frequencies, ramp_ends, rotate, rotation_scale, softmax_scale, temperature, turns

THINKING = preset("k2-thinking")


@pytest.mark.parametrize(
    ("name", "m", "scale"), [("k2-thinking", 1.4158883, 0.1446796), ("k2-instruct", 1.3465736, 0.1308608)]
)
def test_the_scale_of_attention(name: str, m: float, scale: float) -> None:
    config = preset(name)
    assert config.rope_scaling
    assert (round(temperature(config.rope_scaling, 1.0), 7), round(softmax_scale(config), 7)) == (m, scale)
    assert rotation_scale(config) == 1.0


def test_without_a_stretch_nothing_is_scaled() -> None:
    moonlight = preset("moonlight-16b-a3b")
    assert (round(softmax_scale(moonlight), 7), rotation_scale(moonlight)) == (0.0721688, 1.0)
    assert inverse_frequencies(moonlight)[1].item() == pytest.approx(50000 ** (-2 / 64))


def test_betas_of_one_make_a_step() -> None:
    assert THINKING.rope_scaling
    assert ramp_ends(THINKING.rope_scaling, 64, 50000.0) == (19, 20)
    assert ramp_ends(replace(THINKING.rope_scaling, beta_fast=32.0), 64, 50000.0) == (8, 20)
    ratio = inverse_frequencies(replace(THINKING, rope_scaling=None)) / inverse_frequencies(THINKING)
    assert [round(each, 3) for each in ratio.tolist()] == [1.0] * 20 + [64.0] * 12


def test_a_ramp_of_no_width_divides_by_no_zero() -> None:
    """Both ends fall on the last pair."""
    assert ramp_ends(Yarn(2.0, 471, 1.0, 1.0, 1.0, 1.0), 8, 10.0) == (7, 7.001)


@pytest.mark.parametrize("name", ["k2-thinking", "k2-instruct", "deepseek-v3"])
def test_frequencies_are_those_of_transformers(name: str) -> None:
    modeling: Any = pytest.importorskip("transformers", reason="the peer").modeling_rope_utils
    from transformers import DeepseekV3Config

    config = preset(name)
    peer = DeepseekV3Config(
        rope_parameters={"rope_type": "yarn", "rope_theta": config.rope_theta, **config.as_json()["rope_scaling"]}
    )
    theirs, scale = modeling.ROPE_INIT_FUNCTIONS["yarn"](peer)
    assert torch.equal(theirs, inverse_frequencies(config))
    assert scale == rotation_scale(config)


def test_pairs_lie_side_by_side() -> None:
    quarter = torch.tensor([math.pi / 2, 0.0])
    turned = rotate(torch.tensor([[[1.0, 2.0, 3.0, 4.0]]]), quarter.cos()[None], quarter.sin()[None])
    torch.testing.assert_close(turned, torch.tensor([[[-2.0, 1.0, 3.0, 4.0]]]))


def test_scores_depend_on_the_distance_alone() -> None:
    frequencies = inverse_frequencies(THINKING)[12:]  # angles of the fast pairs are rounded far out, as in training
    q, k = torch.randn(1, 40), torch.randn(1, 40)

    def score(at: int, to: int) -> float:
        q_at = rotate(q, *turns(torch.tensor([at]), frequencies, 1.0))
        return (q_at @ rotate(k, *turns(torch.tensor([to]), frequencies, 1.0)).T).item()

    assert score(262_143, 262_100) == pytest.approx(score(43, 0), abs=0.02)
