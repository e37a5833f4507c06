from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from farside.agent import events as ev
from farside.agent.actions import Drop, Hide
from farside.agent.budget import prompt_tokens
from farside.agent.context import POLICIES, is_pressed, relieve
from farside.agent.fold import apply, fold
from farside.agent.folded import folded
from farside.agent.project import project
from farside.agent.shown import weight
from farside.agent.state import RunState
from farside.messages import Message, ToolCall, Usage
from farside.models.base import Profile
from tests.agent.stories import PROFILE, begun, state_after, step

SMALL = replace(PROFILE, window=20_000, max_tokens=4_000)
LARGE = replace(PROFILE, window=262_144, max_tokens=32_768)


def told(policy: str, steps: int, size: int = 3_500) -> list[ev.Event]:
    first, *rest = begun()
    assert isinstance(first, ev.RunCreated)
    settings = replace(first.settings, context=policy)
    body = [event for n in range(1, steps + 1) for event in step(n, f"{n} " + "word " * (size // 5))]
    return [ev.RunCreated(first.goal, settings), ev.Resumed(settings), *rest[1:], *body]


def under(policy: str, steps: int, size: int = 3_500) -> RunState:
    return fold(told(policy, steps, size))


def acted(state: RunState, act: Hide | Drop) -> RunState:
    if isinstance(act, Hide):
        return apply(state, ev.Hidden(act.call_ids))
    return apply(state, ev.Dropped(act.start, act.end, folded(state, act.digest), act.why))


def relieved(state: RunState, profile: Profile = SMALL) -> RunState:
    """Act until the policy has nothing more to say."""
    for _ in range(10):
        act = relieve(state, profile)
        if act is None:
            return state
        state = acted(state, act)
    raise AssertionError("a policy that never comes to rest")


def in_parallel(*sizes: int) -> list[ev.Event]:
    """Return a step of several calls, and their outputs."""
    calls = tuple(ToolCall(f"p{n}", "python", "{}") for n, _ in enumerate(sizes))
    outputs = [ev.CallFinished(f"p{n}", "ok", "word " * (size // 5)) for n, size in enumerate(sizes)]
    return [ev.Replied(Message("assistant", calls=calls), Usage(), 0.0, "calls"), *outputs]


def test_a_short_run_is_left_alone() -> None:
    for policy in POLICIES:
        assert relieve(under(policy, 3), SMALL) is None


def test_keep_latest_hides_all_that_a_quarter_of_the_window_does_not_hold() -> None:
    assert relieve(under("keep-latest", 9), SMALL) is None
    assert relieve(under("keep-latest", 12), SMALL) == Hide(tuple(f"c{n}" for n in range(1, 9)))


def test_keep_latest_begins_at_64k_tokens_and_goes_on_in_batches_of_16k() -> None:
    state, acts = under("keep-latest", 0), []
    for n in range(1, 121):
        for event in step(n, f"{n} " + "word " * 840):
            state = apply(state, event)
        if act := relieve(state, LARGE):
            assert isinstance(act, Hide)
            state = acted(state, act)
            acts.append((n, len(act.call_ids)))
    assert acts == [(53, 47), (67, 14), (81, 14), (95, 14), (109, 14)]


def test_a_batch_is_no_smaller_than_what_stays() -> None:
    huge = [event for n in range(1, 11) for event in step(n, "word " * 5_000)]
    assert relieve(state_after(begun(), huge), LARGE) is None
    more = [event for n in range(11, 14) for event in step(n, "word " * 5_000)]
    assert relieve(state_after(begun(), huge, more), LARGE) == Hide(tuple(f"c{n}" for n in range(1, 8)))


@pytest.mark.parametrize("policy", ["keep-latest", "hide-all"])
def test_what_the_model_has_not_seen_yet_is_not_hidden(policy: str) -> None:
    state = fold([*told(policy, 12), *in_parallel(*[1_500] * 10)])
    act = relieve(state, SMALL)
    assert isinstance(act, Hide)
    assert [call for call in act.call_ids if call.startswith("p")] == []


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


def test_one_step_that_alone_fills_the_window_is_hidden_after_all() -> None:
    state = relieved(state_after(begun(), in_parallel(*[40_000] * 3)))
    assert not is_pressed(state, SMALL)


def test_when_hiding_frees_too_little_steps_are_folded_then_dropped() -> None:
    thoughts = [event for n in range(1, 40) for event in step(n, "ok", arguments={"code": "x" * 4_000})]
    state = state_after(begun(), thoughts)
    act = relieve(state, SMALL)
    assert isinstance(act, Drop)
    assert not is_pressed(relieved(state), SMALL)
    assert act.digest.startswith("- c1 python")


def test_outputs_are_hidden_before_a_step_is_folded() -> None:
    state = fold([*told("keep-latest", 4, 14_000), *step(5, "word " * 2_000)])
    assert relieve(relieved(state), SMALL) is None
    assert relieved(state).dropped == ()


def test_the_last_steps_survive_folding() -> None:
    state = relieved(under("fold", 60))
    shown = [message.text for message in project(state, SMALL, (), 1_000).messages]
    assert any(text.startswith("60 word") for text in shown)
    assert shown[1] == "the goal"


@pytest.mark.parametrize("policy", POLICIES)
def test_every_handle_stays_within_sight(policy: str) -> None:
    state = relieved(under(policy, 130, 600))
    sent = "\n".join(message.text for message in project(state, SMALL, (), 1_000).messages)
    hidden = [n for n in range(1, 131) if not re.search(f'^{n} word|"c{n}"|[ ;]c{n} ', sent, re.MULTILINE)]
    assert not hidden or f"- {hidden[-1]} steps before, calls c1 to c{hidden[-1]}" in sent


@pytest.mark.parametrize("policy", ["fold", "restart"])
def test_the_plan_survives_where_its_reminders_are_folded(policy: str) -> None:
    plan = ev.PlanChanged(json.dumps({"plan": [{"step": "count the moons", "status": "doing"}]}))
    state = relieved(fold([*told(policy, 60), plan]))
    sent = [message.text for message in project(state, SMALL, (), 1_000).messages]
    assert any("[>] count the moons" in text for text in sent)
