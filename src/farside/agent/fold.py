"""fold(events) -> RunState. Pure: no I/O, no clock, no randomness."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from farside.agent import events as ev
from farside.agent.state import Answer, CallRecord, RunState
from farside.messages import Message, ToolCall, Usage

MESSAGE_OVERHEAD = 16
"""Characters that a message costs beside its text: role, ids, separators."""

PLACEHOLDER = 60
"""Characters that the placeholder of a hidden output counts for."""
NOTE = "note:"
"""Prefix of Message.name of a user-role message that farside wrote; the rest says why."""


def created(event: ev.RunCreated) -> RunState:
    """Return the state of a run that has only its goal."""
    goal = Message("user", event.goal)
    return RunState(event.goal, event.settings, transcript=(goal,), chars=weight(goal))


def fold(events: Iterable[ev.Event]) -> RunState:
    """Return the state after all events, the first of which is RunCreated.

    Raises:
        ValueError: no event, or the first is another kind.
    """
    stream = iter(events)
    first = next(stream, None)
    if not isinstance(first, ev.RunCreated):
        raise ValueError("a journal starts with run_created")
    state = created(first)
    for event in stream:
        state = apply(state, event)
    return state


def apply(state: RunState, event: ev.Event) -> RunState:
    """Return the state after one more event."""
    return _APPLY[type(event)](state, event)


def weight(message: Message) -> int:
    """Return how many characters a message counts for in the context."""
    called = sum(len(call.name) + len(call.arguments) + MESSAGE_OVERHEAD for call in message.calls)
    return len(message.text) + len(message.thinking) + called + MESSAGE_OVERHEAD


def _appended(state: RunState, message: Message) -> RunState:
    return replace(state, transcript=(*state.transcript, message), chars=state.chars + weight(message))


def _created_again(state: RunState, event: ev.RunCreated) -> RunState:
    raise ValueError("a journal holds run_created once")


def _resumed(state: RunState, event: ev.Resumed) -> RunState:
    """Settle a request that never came back: its prompt counts as billed, its reply is unknown.

    Whoever resumes gives the run another chance: the guard's counts start anew.
    """
    sent = state.asked.input_tokens if state.asked else 0
    if event.settings.model != state.settings.model:
        state = replace(state, window=None, measured=(0, 0))
    return replace(
        state,
        status="running",
        settings=event.settings,
        usage=state.usage + Usage(input=sent),
        asked=None,
        final=False,
        records=(),
        guard_level=0,
        rollbacks=0,
        rejections=0,
        wake_at=None,
        reason="",
    )


def _briefed(state: RunState, event: ev.Briefed) -> RunState:
    chars = state.chars - len(state.system) + len(event.system)
    return replace(state, system=event.system, dialect=event.dialect, chars=chars)


def _said(state: RunState, event: ev.Said) -> RunState:
    """The user's words are progress by definition: the guard starts anew."""
    state = _appended(state, Message("user", event.text))
    return replace(state, inbox=event.inbox, status="running", records=(), guard_level=0, rejections=0)


def _noted(state: RunState, event: ev.Noted) -> RunState:
    state = _appended(state, Message("user", event.text, name=NOTE + event.why))
    if event.why == "plan":
        return replace(state, plan_noted=state.steps)
    if event.why == "guard":
        return replace(state, guard_level=state.guard_level + 1)
    return state


def _asked(state: RunState, event: ev.Asked) -> RunState:
    return replace(state, asked=event)


def _replied(state: RunState, event: ev.Replied) -> RunState:
    final = state.asked is not None and state.asked.final
    measured = (state.chars, event.usage.input) if event.usage.input else state.measured
    calls = event.message.calls
    message = replace(event.message, calls=()) if final else event.message
    return replace(
        _appended(state, message),
        pending=() if final else calls,
        calls=state.calls + len(calls),
        steps=state.steps + 1,
        usage=state.usage + event.usage + event.wasted,
        cost_usd=state.cost_usd + event.cost_usd,
        seconds=state.seconds + event.seconds,
        asked=None,
        final=final,
        measured=measured,
    )


def _learned(state: RunState, event: ev.Learned) -> RunState:
    return replace(state, window=event.window, asked=None)


def _call_started(state: RunState, event: ev.CallStarted) -> RunState:
    return replace(state, started=event.call_id)


def _call_finished(state: RunState, event: ev.CallFinished) -> RunState:
    call = next((call for call in state.pending if call.id == event.call_id), None)
    if call is None:
        raise ValueError(f"call_finished for {event.call_id}, which is not pending")
    record = call_record(call, event, state.seen)
    state = _appended(state, Message("tool", event.text, call_id=call.id, name=call.name))
    return replace(
        state,
        pending=tuple(other for other in state.pending if other.id != call.id),
        started="",
        session=event.session or state.session,
        lost=event.lost if event.session else state.lost,
        seconds=state.seconds + event.seconds,
        records=(*state.records, record),
        seen=state.seen | {record.output},
        guard_level=0 if record.progress else state.guard_level,
        rejections=0 if record.progress else state.rejections,
    )


def _opened(state: RunState, event: ev.Opened) -> RunState:
    count = len(event.calls)
    state = _appended(state, Message("assistant", calls=event.calls, name=NOTE + "opening"))
    return replace(state, pending=event.calls, calls=state.calls + count, opening=len(state.transcript) + count)


def _consulted(state: RunState, event: ev.Consulted) -> RunState:
    return replace(state, usage=state.usage + event.usage, cost_usd=state.cost_usd + event.cost_usd)


def _plan_changed(state: RunState, event: ev.PlanChanged) -> RunState:
    return replace(state, plan=state.plan.revised(event.text), plan_noted=state.steps)


def _hidden(state: RunState, event: ev.Hidden) -> RunState:
    fresh = set(event.call_ids) - state.hidden
    saved = sum(len(message.text) for message in state.transcript if message.call_id in fresh)
    chars = state.chars - saved + PLACEHOLDER * len(fresh)
    return replace(state, hidden=state.hidden | fresh, chars=max(chars, 0))


def _dropped(state: RunState, event: ev.Dropped) -> RunState:
    gone = [index for index in live(state) if event.start <= index < event.end]
    saved = sum(weight(state.transcript[index]) for index in gone)
    by_guard = event.why == "guard"
    return replace(
        state,
        dropped=(*state.dropped, (event.start, event.end, event.lesson)),
        chars=max(state.chars - saved, 0) + len(event.lesson),
        records=() if by_guard else state.records,
        guard_level=0 if by_guard else state.guard_level,
        rollbacks=state.rollbacks + by_guard,
    )


def live(state: RunState) -> list[int]:
    """Return the indices of the transcript that are sent: this attempt's, less what was dropped.

    What the user said is never dropped.
    """
    gone: set[int] = set()
    for start, end, _ in state.dropped:
        gone.update(range(start, end))
    return [
        index
        for index in range(state.attempt_start, len(state.transcript))
        if index not in gone or is_users(state.transcript[index])
    ]


def is_users(message: Message) -> bool:
    """Tell whether the user wrote it, not farside."""
    return message.role == "user" and not message.name


def _judged(state: RunState, event: ev.Judged) -> RunState:
    answers = (*state.answers, Answer(state.attempt, event.answer))
    rejections = 0 if event.accepted else state.rejections + 1
    return replace(state, answers=answers, rejections=rejections)


def _attempted(state: RunState, event: ev.Attempted) -> RunState:
    """Begin the conversation anew from goal and opening; the session and the workspace stay as they are.

    What the user said in the attempt before is said again.
    """
    start = len(state.transcript)
    said = filter(is_users, state.transcript[state.attempt_start + state.opening :])
    again = (*state.transcript[: state.opening], *said)
    return replace(
        state,
        attempt=event.number,
        attempt_start=start,
        transcript=state.transcript + again,
        chars=len(state.system) + sum(map(weight, again)),
        records=(),
        seen=frozenset(),
        guard_level=0,
        rollbacks=0,
        rejections=0,
    )


def _paused(state: RunState, event: ev.Paused) -> RunState:
    return replace(state, status="paused", reason=event.reason, wake_at=event.wake_at)


def _ended(state: RunState, event: ev.Ended) -> RunState:
    return replace(state, status=event.status, answer=event.answer, reason=event.reason)


_APPLY: dict[type, Callable[[RunState, Any], RunState]] = {
    ev.RunCreated: _created_again,
    ev.Resumed: _resumed,
    ev.Briefed: _briefed,
    ev.Said: _said,
    ev.Noted: _noted,
    ev.Asked: _asked,
    ev.Replied: _replied,
    ev.Learned: _learned,
    ev.CallStarted: _call_started,
    ev.CallFinished: _call_finished,
    ev.Opened: _opened,
    ev.Consulted: _consulted,
    ev.PlanChanged: _plan_changed,
    ev.Hidden: _hidden,
    ev.Dropped: _dropped,
    ev.Judged: _judged,
    ev.Attempted: _attempted,
    ev.Paused: _paused,
    ev.Ended: _ended,
}


def call_record(call: ToolCall, event: ev.CallFinished, seen: frozenset[str]) -> CallRecord:
    """Return what the guard needs to know of a finished call. `seen` holds the outputs before it."""
    output = digest(event.text)
    return CallRecord(
        signature=digest(f"{call.name}\0{_normal(call.arguments)}\0{_normal(event.text)}"),
        output=output,
        status=event.status,
        seconds=event.seconds,
        progress=event.changed or (event.status == "ok" and output not in seen),
    )


def digest(text: str) -> str:
    """Return a short hash of a text, for comparison only."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _normal(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\d+", "0", text)).strip()
