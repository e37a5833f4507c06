"""The time before a small model's first reply."""

from __future__ import annotations

import time

import pytest

from farside.agent.events import Budget, Settings
from farside.agent.state import RunState
from farside.missions.beforehand import Tries, seconds_beforehand


@pytest.mark.parametrize(
    ("minutes", "spent", "seconds"), [(10, 0, 480), (10, 300, 240), (60, 0, 2_880), (1, 60, 1), (None, 50, 900)]
)
def test_most_of_the_time_that_is_left_goes_before_the_first_reply(
    minutes: float | None, spent: float, seconds: int
) -> None:
    settings = Settings("scripted/none", budget=Budget(max_minutes=minutes))
    assert seconds_beforehand(RunState("A goal.", settings, seconds=spent)) == seconds


def test_a_try_begins_only_where_it_can_end_in_time() -> None:
    assert not Tries(-1).another()
    tries, begun = Tries(1.0), 0
    while tries.another():
        begun += 1
        time.sleep(0.4)
    assert 1 <= begun <= 2
