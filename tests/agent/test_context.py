from __future__ import annotations

from dataclasses import replace

import pytest

from farside.agent import events as ev
from farside.agent.actions import Drop, Hide
from farside.agent.budget import prompt_tokens
from farside.agent.context import POLICIES, is_pressed, relieve
from farside.agent.fold import apply
from farside.agent.project import project
from farside.agent.shown import weight
from farside.agent.state import RunState
from tests.agent.stories import PROFILE, begun, state_after, step

SMALL = replace(PROFILE, window=20_000, max_tokens=4_000)


def under(policy: str, steps: int, size: int = 3_500) -> RunState:
    first, *rest = begun()
    assert isinstance(first, ev.RunCreated)
    settings = replace(first.settings, context=policy)
    body = [event for n in range(1, steps + 1) for event in step(n, f"{n} " + "word " * (size // 5))]
    return state_after([ev.RunCreated(first.goal, settings), ev.Resumed(settings), *rest[1:]], body)


def relieved(state: RunState) -> RunState:
    """Act until the policy has nothing more to say."""
    for _ in range(10):
        act = relieve(state, SMALL)
        if act is None:
            return state
        if isinstance(act, Hide):
            state = apply(state, ev.Hidden(act.call_ids))
        else:
            state = apply(state, ev.Dropped(act.start, act.end, act.digest, act.why))
    raise AssertionError("a policy that never comes to rest")


def test_a_short_run_is_left_alone() -> None:
    for policy in POLICIES:
        assert relieve(under(policy, 3), SMALL) is None


def test_keep_latest_hides_all_but_the_last_five_in_one_batch() -> None:
    state = under("keep-latest", 12)
    assert relieve(state, SMALL) == Hide(tuple(f"c{n}" for n in range(1, 8)))


def test_hide_all_waits_for_the_limit() -> None:
    assert relieve(under("hide-all", 12), SMALL) is None
    assert relieve(under("hide-all", 17), SMALL) == Hide(tuple(f"c{n}" for n in range(1, 17)))


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_gets_a_long_run_back_inside_the_window(policy: str) -> None:
    state = relieved(under(policy, 60))
    assert not is_pressed(state, SMALL)
    sent = sum(len(message.text) for message in project(state, SMALL, (), 1_000).messages)
    assert sent / 3.5 < SMALL.window


@pytest.mark.parametrize("policy", POLICIES)
def test_the_estimate_follows_what_is_really_sent(policy: str) -> None:
    state = relieved(under(policy, 60))
    sent = sum(map(weight, project(state, SMALL, (), 1_000).messages))
    assert prompt_tokens(state) == pytest.approx(sent / 3.5, rel=0.1)


def test_when_hiding_frees_too_little_steps_are_folded_then_dropped() -> None:
    thoughts = [event for n in range(1, 40) for event in step(n, "ok", arguments={"code": "x" * 4_000})]
    state = state_after(begun(), thoughts)
    act = relieve(state, SMALL)
    assert isinstance(act, Drop)
    assert not is_pressed(relieved(state), SMALL)
    assert act.digest.startswith("- python")


def test_the_last_steps_survive_folding() -> None:
    state = relieved(under("fold", 60))
    shown = [message.text for message in project(state, SMALL, (), 1_000).messages]
    assert any(text.startswith("60 word") for text in shown)
    assert shown[1] == "the goal"
