from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.agent import events as ev
from farside.agent.codec import decode, encode
from farside.agent.fold import apply, created, fold
from farside.agent.shown import live, shown_chars
from farside.messages import Message, ToolCall, Usage
from tests.agent.journals import SETTINGS, journals

CREATED = ev.RunCreated("find it", SETTINGS)
CALL = ToolCall("c1", "python", "{}")


def calling(*calls: ToolCall) -> ev.Replied:
    return ev.Replied(Message("assistant", calls=calls), Usage(100, 50, 10), 0.5, "calls")


@given(journals())
def test_folding_at_once_equals_folding_in_two_sittings(events: list[ev.Event]) -> None:
    middle = len(events) // 2 + 1
    state = fold(events[:middle])
    for event in events[middle:]:
        state = apply(state, event)
    assert state == fold(events)


@given(journals())
def test_events_survive_the_journals_text(events: list[ev.Event]) -> None:
    assert [decode(encode(event)) for event in events] == events


@given(journals())
def test_what_the_user_said_in_this_attempt_is_always_sent(events: list[ev.Event]) -> None:
    state = fold(events)
    sent = [state.transcript[index] for index in live(state)]
    users = [m for m in state.transcript[state.attempt_start :] if m.role == "user" and not m.name]
    assert [message for message in sent if message in users] == users


@given(journals())
def test_the_context_is_counted_as_it_is_sent(events: list[ev.Event]) -> None:
    state = fold(events)
    assert state.chars == shown_chars(state)


@given(journals(), st.integers(0, 40))
def test_a_crash_and_resume_changes_nothing_but_what_was_in_flight(events: list[ev.Event], at: int) -> None:
    before = fold(events[: at + 1])
    after = apply(before, ev.Resumed(before.settings))
    assert (after.transcript, after.pending, after.plan, after.calls) == (
        before.transcript,
        before.pending,
        before.plan,
        before.calls,
    )
    assert after.asked is None
    assert after.usage.input == before.usage.input + (before.asked.input_tokens if before.asked else 0)


def test_a_journal_starts_with_its_goal_and_has_one() -> None:
    with pytest.raises(ValueError, match="starts with run_created"):
        fold([ev.Resumed(SETTINGS)])
    with pytest.raises(ValueError, match="once"):
        fold([CREATED, CREATED])


def test_an_outcome_for_a_call_that_is_not_pending_is_refused() -> None:
    with pytest.raises(ValueError, match="c9"):
        apply(created(CREATED), ev.CallFinished("c9", "ok", "x"))


def test_calls_wait_in_order_until_each_has_its_outcome() -> None:
    other = ToolCall("c2", "shell", "{}")
    state = fold([CREATED, calling(CALL, other), ev.CallStarted("c1")])
    assert (state.pending, state.started, state.steps, state.calls) == ((CALL, other), "c1", 1, 2)
    state = apply(state, ev.CallFinished("c1", "ok", "out"))
    assert (state.pending, state.started) == ((other,), "")
    assert state.transcript[-1] == Message("tool", "out", call_id="c1", name="python")


def test_calls_of_the_last_affordable_reply_are_not_waited_for() -> None:
    state = fold([CREATED, ev.Asked(10, 100, final=True), calling(CALL)])
    assert state.final
    assert state.pending == ()
    assert state.transcript[-1].calls == ()


def test_usage_and_cost_add_up_with_what_was_wasted() -> None:
    reply = ev.Replied(Message("assistant", "x"), Usage(100, 50, 10), 0.5, "stop", wasted=Usage(30, 0, 5))
    state = fold([CREATED, reply, reply])
    assert (state.usage, state.cost_usd) == (Usage(260, 100, 30), 1.0)


def test_acceptance_items_flip_or_come_but_never_go() -> None:
    def plan(*items: tuple[str, bool]) -> ev.PlanChanged:
        rows = [{"item": item, "passes": passes} for item, passes in items]
        return ev.PlanChanged(json.dumps({"plan": [], "acceptance": rows}))

    state = fold([CREATED, plan(("a", False), ("b", False)), plan(("b", True), ("c", False))])
    assert [(entry.item, entry.passes) for entry in state.plan.acceptance] == [
        ("a", False),
        ("b", True),
        ("c", False),
    ]


def test_an_attempt_begins_anew_from_the_goal() -> None:
    state = fold([CREATED, calling(CALL), ev.CallFinished("c1", "ok", "out"), ev.Attempted(2)])
    assert [state.transcript[index] for index in live(state)] == [Message("user", "find it")]
    assert (state.attempt, state.records) == (2, ())


def test_a_refused_request_costs_nothing_and_a_wasted_reply_what_it_was_billed() -> None:
    refused: list[ev.Event] = [
        ev.Asked(5_000, 100),
        ev.AskFailed("401"),
        ev.Ended("failed", "", "401"),
        ev.Resumed(SETTINGS),
    ]
    assert fold([CREATED, *refused, *refused]).usage == Usage()
    wasted = ev.AskFailed("only thinking", Usage(1_000, 0, 30_000), 0.5)
    state = fold([CREATED, ev.Asked(5_000, 100), wasted])
    assert (state.usage, state.cost_usd) == (Usage(1_000, 0, 30_000), 0.5)


def test_another_model_forgets_what_was_learned_of_the_last() -> None:
    other = ev.Settings("openai/other", workspace="/nowhere")
    events: list[ev.Event] = [CREATED, calling(CALL), ev.CallFinished("c1", "ok", "out"), ev.Learned(5_000)]
    assert fold([*events, ev.Resumed(SETTINGS)]).window == 5_000
    switched = fold([*events, ev.Resumed(other)])
    assert (switched.window, switched.measured) == (None, (0, 0))
