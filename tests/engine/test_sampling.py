"""Tokens are drawn with the probabilities that the logits and the settings give."""

import pytest

pytest.importorskip("torch", reason="sampling needs the extra k2")

import torch
from torch import Generator, Tensor

from farside.engine.base import Sampling
from farside.engine.sampling import choose, filtered
from farside.errors import FarsideError

SHARES = torch.tensor([0.05, 0.5, 0.15, 0.3], dtype=torch.float64)


def drawn(sampling: Sampling, draws: int = 1200) -> Tensor:
    """Return how often each token was drawn."""
    chance = Generator().manual_seed(1)
    logits = SHARES.log().float() + 7
    chosen = [choose(logits, sampling, chance) for _ in range(draws)]
    return torch.bincount(torch.tensor(chosen), minlength=4) / draws


@pytest.mark.parametrize("temperature", [1.0, 0.5, 3.0])
def test_draws_follow_the_temperature(temperature: float) -> None:
    heated = SHARES ** (1 / temperature)
    assert torch.allclose(drawn(Sampling(temperature)).double(), heated / heated.sum(), atol=0.04)


def test_no_temperature_is_the_likeliest() -> None:
    assert drawn(Sampling(0.0), 50).tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("sampling", "stays"),
    [
        (Sampling(top_p=0.4), [1]),
        (Sampling(top_p=0.5), [1]),
        (Sampling(top_p=0.6), [1, 3]),
        (Sampling(top_p=0.96), [0, 1, 2, 3]),
        (Sampling(min_p=0.2), [1, 2, 3]),
        (Sampling(min_p=1.0), [1]),
        (Sampling(top_p=0.9, min_p=0.5), [1, 3]),
        (Sampling(), [0, 1, 2, 3]),
    ],
)
def test_what_top_p_and_min_p_leave(sampling: Sampling, stays: list[int]) -> None:
    assert filtered(SHARES, sampling).nonzero().flatten().tolist() == stays
    shares = drawn(sampling, 700)
    assert set(shares.nonzero().flatten().tolist()) == set(stays)
    left = torch.zeros(4).double().index_copy(0, torch.tensor(stays), SHARES[stays])
    assert torch.allclose(shares.double(), left / left.sum(), atol=0.06)


def test_a_little_rounding_changes_no_choice() -> None:
    rounded = SHARES.log().float() + 1e-6 * torch.randn(4, generator=Generator().manual_seed(2))
    one, other = Generator().manual_seed(5), Generator().manual_seed(5)
    choices = [(choose(SHARES.log(), Sampling(), one), choose(rounded, Sampling(), other)) for _ in range(300)]
    assert [first for first, _ in choices] == [second for _, second in choices]


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_what_is_no_number_is_no_token(wrong: float) -> None:
    with pytest.raises(FarsideError, match="no number") as caught:
        choose(torch.tensor([0.0, wrong]), Sampling(), Generator())
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("name", "value"),
    [("temperature", -1.0), ("temperature", float("nan")), ("top_p", 0.0), ("top_p", 1.5), ("min_p", -0.1)],
)
def test_settings_without_sense_are_refused(name: str, value: float) -> None:
    with pytest.raises(FarsideError, match=f"{name} = "):
        Sampling(**{name: value})  # type: ignore[arg-type]  # the names of float fields
