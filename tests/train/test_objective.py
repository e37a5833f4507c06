"""The objective of reinforcement, by hand."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="training needs the extra k2")

import torch

from farside.train.objective import advantages, errors, log_probabilities, reward


def test_the_objective_is_that_of_the_report() -> None:
    above = advantages(torch.tensor([[1.0, 0.0, 0.0, 1.0], [1.0, 1.0, 1.0, -1.0]]))
    assert above.tolist() == [[0.5, -0.5, -0.5, 0.5], [0.5, 0.5, 0.5, -1.5]]
    log_ratios = torch.tensor([[2.0, 0.0, -1.0, 0.0], [0.0, 0.0, 0.0, 3.0]], requires_grad=True)
    squares = errors(above, log_ratios, tau=0.1)
    # (0.5 - 0.2)^2, (-0.5)^2, (-0.5 + 0.1)^2, 0.5^2; thrice 0.5^2, (-1.5 - 0.3)^2
    assert squares.flatten().tolist() == pytest.approx([0.09, 0.25, 0.16, 0.25, 0.25, 0.25, 0.25, 3.24])
    squares.mean().backward()  # type: ignore[no-untyped-call]
    assert log_ratios.grad is not None
    # -2 tau (error) / 8
    assert log_ratios.grad[0].tolist() == pytest.approx([-0.0075, 0.0125, 0.01, -0.0125])


def test_log_probabilities_are_those_of_the_temperature() -> None:
    logits = torch.tensor([[1.0, 4.0, 4.0], [9.0, 16.0, 0.0]]).log()
    ids = torch.tensor([1, 0])
    assert log_probabilities(logits, ids, 1.0).exp().tolist() == pytest.approx([4 / 9, 9 / 25])
    assert log_probabilities(logits, ids, 2.0).exp().tolist() == pytest.approx([2 / 5, 3 / 7])


def test_what_is_cut_off_is_worth_less_than_what_is_wrong() -> None:
    assert [reward(right, cut, 0.5) for right, cut in ((True, False), (False, False), (True, True))] == [1, 0, -0.5]
