"""Guesses: what came after the same tokens before."""

import pytest

pytest.importorskip("numpy", reason="the engine needs the extra k2")

from farside.engine.lookup import guessed


def test_the_latest_place_with_most_tokens_alike_counts() -> None:
    assert guessed([1, 2, 3, 4, 50, 9, 3, 4, 60, 9, 1, 2, 3, 4], 1) == [50]
    assert guessed([3, 4, 50, 9, 3, 4, 60, 9, 3, 4], 1) == [60]


def test_few_tokens_alike_give_a_short_guess() -> None:
    ids = [5, *range(10, 30), 5]
    assert guessed(ids, 12) == [10, 11, 12]
    assert guessed([4, *ids[:-1], 4, 5], 12) == [*range(10, 16)]
    assert guessed([3, 4, 5, *range(10, 30), 3, 4, 5], 8) == [*range(10, 18)]


def test_what_was_never_said_is_not_guessed() -> None:
    assert guessed([1, 2, 3], 8) == []
    assert guessed([1], 8) == []
