from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given

from farside.agent import actions
from farside.agent import events as ev
from farside.agent.decide import decide
from farside.agent.fold import fold
from farside.messages import Message, ToolCall, Usage
from tests.agent.journals import journals
from tests.agent.stories import PROFILE, answer, begun, state_after, step


@given(journals())
def test_there_is_always_one_next_thing_to_do(events: list[ev.Event]) -> None:
    state = fold(events)
    action = decide(state, PROFILE)
    assert isinstance(action, actions.Rest) == (state.status != "running")
    assert isinstance(action, actions.Act) == (state.status == "running" and bool(state.pending))


def test_a_goal_is_asked_about() -> None:
    action = decide(state_after(begun()), PROFILE)
    assert isinstance(action, actions.Ask)
    assert (action.max_tokens, action.final) == (8_000, False)


def test_calls_run_in_order_before_anything_else() -> None:
    calls = (ToolCall("c1", "python", "{}"), ToolCall("c2", "shell", "{}"))
    state = state_after(begun(), ev.Replied(Message("assistant", calls=calls), Usage(), 0.0, "calls"))
    assert decide(state, PROFILE) == actions.Act(calls[0])


def test_a_reply_without_calls_is_a_claim_to_be_finished() -> None:
    assert decide(state_after(begun(), answer("42")), PROFILE) == actions.Verify()


def test_a_claim_that_keeps_failing_ends_the_run_with_its_answer() -> None:
    rejected = [answer("42"), ev.Judged(False, "42", "no"), ev.Noted("no", "verdict")]
    state = state_after(begun(), *[rejected] * 4, answer("43"))
    action = decide(state, PROFILE)
    assert isinstance(action, actions.End)
    assert (action.status, action.answer) == ("failed", "43")


def test_the_last_step_is_announced_then_asked_for_then_ends_the_run() -> None:
    state = state_after(begun(max_steps=2), step(1, "out"))
    assert decide(state, PROFILE) == actions.Remind("budget")
    state = state_after(begun(max_steps=2), step(1, "out"), ev.Noted("last", "budget"))
    action = decide(state, PROFILE)
    assert isinstance(action, actions.Ask)
    assert action.final
    asked = ev.Asked(action.input_tokens, action.max_tokens, final=True)
    state = state_after(begun(max_steps=2), step(1, "out"), ev.Noted("last", "budget"), asked, answer("best"))
    assert decide(state, PROFILE) == actions.End("budget", "best", "the budget is used up")


def test_a_last_reply_that_only_calls_falls_back_on_earlier_words() -> None:
    call = ToolCall("c2", "python", "{}")
    said = ev.Replied(Message("assistant", "so far 41", calls=(call,)), Usage(), 0.0, "calls")
    only_calls = ev.Replied(Message("assistant", calls=(replace(call, id="c3"),)), Usage(), 0.0, "calls")
    done = ev.CallFinished("c2", "ok", "x")
    state = state_after(begun(max_steps=2), said, done, ev.Asked(1, 1, final=True), only_calls)
    assert decide(state, PROFILE) == actions.End("budget", "so far 41", "the budget is used up")


def test_the_plan_comes_back_every_25_steps() -> None:
    plan = ev.PlanChanged(json.dumps({"plan": [{"step": "a", "status": "open"}]}))
    steps = [event for number in range(1, 26) for event in step(number, f"new {number}")]
    assert decide(state_after(begun(), plan, steps[:-3]), PROFILE) != actions.Remind("plan")
    assert decide(state_after(begun(), plan, steps), PROFILE) == actions.Remind("plan")
    assert isinstance(decide(state_after(begun(), plan, steps, ev.Noted("plan", "plan")), PROFILE), actions.Ask)


def test_a_goal_larger_than_the_window_is_said_to_be_so() -> None:
    action = decide(state_after(begun("x" * 400_000)), PROFILE)
    assert isinstance(action, actions.End)
    assert "context window" in action.reason


def cut(text: str) -> ev.Event:
    return ev.Replied(Message("assistant", text), Usage(), 0.0, "length")


def test_a_reply_that_was_cut_off_is_no_claim() -> None:
    assert decide(state_after(begun(), cut("The first half of the ans")), PROFILE) == actions.Remind("cut")
    told = ev.Noted("it was cut off", "cut")
    assert isinstance(decide(state_after(begun(), cut("The first half"), told), PROFILE), actions.Ask)


def test_a_reply_that_is_cut_off_again_and_again_is_taken_as_it_is() -> None:
    told = ev.Noted("it was cut off", "cut")
    story = [event for _ in range(3) for event in (cut("half"), told)]
    assert decide(state_after(begun(), story, cut("half")), PROFILE) == actions.Verify()
