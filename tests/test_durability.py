"""A sample of bench/durability.py: at least 26 kills, each followed by `resume`."""

from __future__ import annotations

import pytest

from bench.durability import boundaries, configured, instants


@pytest.mark.parametrize(("code", "every"), [(False, 3), (True, 3)])
def test_a_run_killed_at_an_event_goes_on_as_if_nothing_had_been(code: bool, every: int) -> None:
    with configured():
        kills, faults = boundaries(4, code, every)
    assert not faults
    assert kills >= 5


@pytest.mark.parametrize("code", [False, True])
def test_a_run_killed_at_any_instant_goes_on_as_if_nothing_had_been(code: bool) -> None:
    with configured():
        kills, faults = instants(8, steps=30, code=code, seed=7, longest=1.5)
    assert (kills, faults) == (8, [])
