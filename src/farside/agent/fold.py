"""fold(events) -> RunState. Pure: no I/O, no clock, no randomness."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from farside.agent import events as ev
from farside.agent.shown import NOTE, is_users, shown_chars, weight
from farside.agent.state import Answer, CallRecord, RunState
from farside.messages import Message, ToolCall, Usage

if TYPE_CHECKING:  # what it is to whoever calls it; of this one mypy knows which fields there are
    from dataclasses import replace as changed
else:
    from farside.agent.state import changed

DIGITS, SPACE = re.compile(r"\d+"), re.compile(r"\s+")
STRETCH = 20
"""Calls with progress after which a roll back no longer counts with those before."""


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


def _appended(state: RunState, message: Message, **changes: Any) -> RunState:
    """Return the state with one more message, and with what else changes: one copy, not two."""
    return changed(state, transcript=(*state.transcript, message), chars=state.chars + weight(message), **changes)


def _created_again(state: RunState, event: ev.RunCreated) -> RunState:
    raise ValueError("a journal holds run_created once")


def _resumed(state: RunState, event: ev.Resumed) -> RunState:
    """Settle a request that never came back: its prompt counts as billed, its reply is unknown.

    Whoever resumes gives the run another chance: the guard's counts start anew.
    """
    sent = state.asked.input_tokens if state.asked else 0
    if event.settings.model != state.settings.model:
        state = changed(state, window=None, measured=(0, 0))
    return changed(
        state,
        status="running",
        settings=event.settings,
        usage=state.usage + Usage(input=sent),
        asked=None,
        final=False,
        aside=0.0,
        records=(),
        guard_level=0,
        rollbacks=0,
        rejections=0,
        wake_at=None,
        reason="",
        snapshots_off="",
    )


def _briefed(state: RunState, event: ev.Briefed) -> RunState:
    chars = state.chars - len(state.system) + len(event.system)
    return changed(state, system=event.system, dialect=event.dialect, chars=chars)


def _said(state: RunState, event: ev.Said) -> RunState:
    """The user's words are progress by definition: the guard starts anew."""
    said = Message("user", event.text)
    fresh: dict[str, Any] = {"records": (), "guard_level": 0, "rejections": 0, "checking": None}
    return _appended(state, said, inbox=event.inbox, status="running", **fresh)


def _noted(state: RunState, event: ev.Noted) -> RunState:
    note = Message("user", event.text, name=NOTE + event.why)
    if event.why == "plan":
        return _appended(state, note, plan_noted=state.steps)
    if event.why == "guard":
        return _appended(state, note, guard_level=state.guard_level + 1)
    if event.why == "check":
        return _appended(state, note, checking=len(state.transcript) - 1)
    return _appended(state, note)


def _asked(state: RunState, event: ev.Asked) -> RunState:
    return changed(state, asked=event)


def _replied(state: RunState, event: ev.Replied) -> RunState:
    final = state.asked is not None and state.asked.final
    measured = (state.chars, event.usage.input) if event.usage.input else state.measured
    calls = event.message.calls
    message = replace(event.message, calls=()) if final else event.message
    return _appended(
        state,
        message,
        pending=() if final else calls,
        calls=state.calls + len(calls),
        steps=state.steps + 1,
        usage=state.usage + event.usage + event.wasted,
        cost_usd=state.cost_usd + event.cost_usd,
        seconds=state.seconds + event.seconds,
        answering=state.answering + event.seconds,
        answered=state.answered + 1,
        asked=None,
        final=final,
        cuts=state.cuts + 1 if event.finish == "length" and not calls else 0,
        measured=measured,
    )


def _ask_failed(state: RunState, event: ev.AskFailed) -> RunState:
    return changed(state, asked=None, usage=state.usage + event.wasted, cost_usd=state.cost_usd + event.cost_usd)


def _learned(state: RunState, event: ev.Learned) -> RunState:
    return changed(state, window=event.window, asked=None)


def _call_started(state: RunState, event: ev.CallStarted) -> RunState:
    return changed(state, started=event.call_id)


def _call_finished(state: RunState, event: ev.CallFinished) -> RunState:
    call = next((call for call in state.pending if call.id == event.call_id), None)
    if call is None:
        raise ValueError(f"call_finished for {event.call_id}, which is not pending")
    record = call_record(call, event, state.seen)
    if state.checking is not None:
        record = replace(record, progress=False, ours=True)
    return _appended(
        state,
        Message("tool", event.text, call_id=call.id, name=call.name),
        pending=tuple(other for other in state.pending if other.id != call.id),
        started="",
        failed=state.failed if event.status == "ok" else state.failed | {event.call_id},
        session=event.session or state.session,
        lost=event.lost if event.session else state.lost,
        seconds=state.seconds + max(event.seconds - state.aside, 0.0),
        aside=0.0,
        touched=state.touched or event.may_write,
        records=(*state.records, record),
        seen=state.seen if record.ours else state.seen | {record.output, record.act},
        guard_level=0 if record.progress else state.guard_level,
        rejections=0 if record.progress else state.rejections,
    )


def _opened(state: RunState, event: ev.Opened) -> RunState:
    count = len(event.calls)
    calls = Message("assistant", calls=event.calls, name=NOTE + "opening")
    opening = len(state.transcript) + 1 + count
    return _appended(state, calls, pending=event.calls, calls=state.calls + count, opening=opening)


def _checked(state: RunState, event: ev.Checked) -> RunState:
    calls = Message("assistant", calls=event.calls, name=NOTE + "check")
    return _appended(state, calls, pending=event.calls, calls=state.calls + len(event.calls))


def _consulted(state: RunState, event: ev.Consulted) -> RunState:
    """Count its seconds now: the call that asked may go on for long, or be killed."""
    return changed(
        state,
        usage=state.usage + event.usage,
        cost_usd=state.cost_usd + event.cost_usd,
        seconds=state.seconds + event.seconds,
        answering=state.answering + event.seconds,
        answered=state.answered + 1,
        aside=state.aside + event.seconds,
    )


def _plan_changed(state: RunState, event: ev.PlanChanged) -> RunState:
    return changed(state, plan=state.plan.revised(event.text), plan_noted=state.steps)


def _hidden(state: RunState, event: ev.Hidden) -> RunState:
    return _recounted(changed(state, hidden=state.hidden | set(event.call_ids)))


def _dropped(state: RunState, event: ev.Dropped) -> RunState:
    state = changed(state, dropped=(*state.dropped, (event.start, event.end, event.lesson)))
    return _recounted(_rolled_back(state) if event.why == "guard" else state)


def _rolled_back(state: RunState) -> RunState:
    """Count the roll back; one that comes after a stretch of progress is the first of a new count."""
    stretch = sum(record.progress for record in state.records)
    rollbacks = 1 if stretch >= STRETCH else state.rollbacks + 1
    return changed(state, records=(), guard_level=0, rollbacks=rollbacks)


def _recounted(state: RunState) -> RunState:
    return changed(state, chars=shown_chars(state))


def _judged(state: RunState, event: ev.Judged) -> RunState:
    answers = (*state.answers, Answer(state.attempt, event.answer))
    rejections = 0 if event.accepted else state.rejections + 1
    return changed(state, answers=answers, rejections=rejections, checking=None)


def _attempted(state: RunState, event: ev.Attempted) -> RunState:
    """Begin the conversation anew from goal and opening; the session and the workspace stay as they are.

    What the user said in the attempt before is said again.
    """
    start = len(state.transcript)
    said = filter(is_users, state.transcript[state.attempt_start + state.opening :])
    again = (*state.transcript[: state.opening], *said)
    return _recounted(
        changed(
            state,
            attempt=event.number,
            attempt_start=start,
            transcript=state.transcript + again,
            records=(),
            seen=frozenset(),
            guard_level=0,
            rollbacks=0,
            rejections=0,
            cuts=0,
        )
    )


def _snapshotted(state: RunState, event: ev.Snapshotted) -> RunState:
    return changed(state, snapshot=event.tree, snapshot_files=event.files, touched=False)


def _snapshots_off(state: RunState, event: ev.SnapshotsOff) -> RunState:
    return changed(state, snapshots_off=event.reason)


def _forked(state: RunState, event: ev.Forked) -> RunState:
    """A fork rests until it is resumed: making one never spends anything."""
    reason = f"a fork of {event.origin} at step {event.step}"
    return changed(state, settings=event.settings, status="paused", reason=reason, wake_at=None)


def _paused(state: RunState, event: ev.Paused) -> RunState:
    return changed(state, status="paused", reason=event.reason, wake_at=event.wake_at)


def _ended(state: RunState, event: ev.Ended) -> RunState:
    return changed(state, status=event.status, answer=event.answer, reason=event.reason)


_APPLY: dict[type, Callable[[RunState, Any], RunState]] = {
    ev.RunCreated: _created_again,
    ev.Resumed: _resumed,
    ev.Briefed: _briefed,
    ev.Said: _said,
    ev.Noted: _noted,
    ev.Asked: _asked,
    ev.Replied: _replied,
    ev.AskFailed: _ask_failed,
    ev.Learned: _learned,
    ev.CallStarted: _call_started,
    ev.CallFinished: _call_finished,
    ev.Opened: _opened,
    ev.Checked: _checked,
    ev.Consulted: _consulted,
    ev.PlanChanged: _plan_changed,
    ev.Hidden: _hidden,
    ev.Dropped: _dropped,
    ev.Judged: _judged,
    ev.Attempted: _attempted,
    ev.Snapshotted: _snapshotted,
    ev.SnapshotsOff: _snapshots_off,
    ev.Forked: _forked,
    ev.Paused: _paused,
    ev.Ended: _ended,
}


def call_record(call: ToolCall, event: ev.CallFinished, seen: frozenset[str]) -> CallRecord:
    """Return what the guard needs to know of a finished call. `seen` holds the outputs and acts before it.

    New is an output that was not seen before, or a variable that a cell not seen before has changed.
    """
    output, act = digest(event.text), digest(f"{call.name}\0{call.arguments}")
    new = output not in seen or (bool(event.session) and act not in seen)
    return CallRecord(
        signature=digest(f"{call.name}\0{_normal(call.arguments)}\0{_normal(event.text)}"),
        output=output,
        act=act,
        status=event.status,
        seconds=event.seconds,
        progress=event.changed or (event.status == "ok" and new),
    )


def digest(text: str) -> str:
    """Return a short hash of a text, for comparison only."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _normal(text: str) -> str:
    return SPACE.sub(" ", DIGITS.sub("0", text)).strip()
