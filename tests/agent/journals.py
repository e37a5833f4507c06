"""Random but possible journals: any order of events that a run, its user and its crashes can bring about.

Hypothesis draws a tape of bytes; each decision reads the next one. That is fast, and a failing tape shrinks well.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from farside.agent import events as ev
from farside.agent.fold import apply, created
from farside.agent.state import RunState
from farside.messages import Finish, Message, ToolCall, Usage

SETTINGS = ev.Settings("scripted/x", workspace="/nowhere")
NAMES = ("python", "shell", "read_file", "", "read file", "functions.shell", "call 17!", "nämlich")
TEXTS = ("", "1", "hello", "0", "<|im_end|>", "ünï", "a\nb", "```python\nx\n```", "\x00")
ARGUMENTS = ("{}", '{"path": "a"}', '{"code": "1"}', "{broken", "[]", "")


@dataclass(slots=True)
class Tape:
    """Decisions, one a byte; an exhausted tape decides 0."""

    bytes: bytes
    at: int = 0

    def below(self, limit: int) -> int:
        """Return the next decision, 0 to limit - 1."""
        value = self.bytes[self.at] if self.at < len(self.bytes) else 0
        self.at += 1
        return value % limit

    def text(self) -> str:
        return TEXTS[self.below(len(TEXTS))]


def journals() -> st.SearchStrategy[list[ev.Event]]:
    """Draw a list of events that starts with run_created and could stand in a journal: short to long."""
    lengths = st.sampled_from((8, 60, 200))
    return lengths.flatmap(lambda size: st.binary(min_size=size, max_size=size)).map(lambda tape: told(Tape(tape)))


def told(tape: Tape) -> list[ev.Event]:
    first = ev.RunCreated("goal " + tape.text(), SETTINGS)
    events: list[ev.Event] = [first]
    state = created(first)
    while tape.at < len(tape.bytes):
        choices = ANYTIME + (BETWEEN_CALLS if state.pending else AT_A_BOUNDARY)
        event = choices[tape.below(len(choices))](state, tape)
        events.append(event)
        state = apply(state, event)
    return events


def finished(state: RunState, tape: Tape) -> ev.Event:
    call = state.pending[tape.below(len(state.pending))]
    status: tuple[ev.CallStatus, ...] = ("ok", "error", "unknown")
    return ev.CallFinished(call.id, status[tape.below(3)], tape.text(), session=("", "", "a1", "b2")[tape.below(4)])


def replied(state: RunState, tape: Tape) -> ev.Event:
    count = tape.below(4)
    calls = tuple(
        ToolCall(f"c{state.calls + number}", NAMES[tape.below(len(NAMES))], ARGUMENTS[tape.below(len(ARGUMENTS))])
        for number in range(1, count + 1)
    )
    finish: Finish = "calls" if calls else "stop"
    message = Message("assistant", tape.text(), tape.text(), calls)
    return ev.Replied(message, Usage(tape.below(250) * 40, tape.below(99), tape.below(99)), 0.001, finish)


def dropped(state: RunState, tape: Tape) -> ev.Event:
    start = state.attempt_start + 1 + tape.below(len(state.transcript) - state.attempt_start)
    end = start + tape.below(len(state.transcript) - start + 1)
    return ev.Dropped(start, end, tape.text(), "guard" if tape.below(2) else "context")


def hidden(state: RunState, tape: Tape) -> ev.Event:
    called = [message.call_id for message in state.transcript if message.call_id]
    return ev.Hidden(tuple(called[tape.below(len(called))] for _ in range(tape.below(3)) if called))


def opened(state: RunState, tape: Tape) -> ev.Event:
    if state.steps or state.calls or len(state.transcript) > 1:
        return ev.Noted(tape.text(), "plan")
    return ev.Opened((ToolCall("c1", "survey", "{}"),))


def checked(state: RunState, tape: Tape) -> ev.Event:
    count = 1 + tape.below(2)
    return ev.Checked(tuple(ToolCall(f"c{state.calls + number}", "weigh", "{}") for number in range(1, count + 1)))


Choice = Callable[[RunState, Tape], ev.Event]
ANYTIME: list[Choice] = [
    lambda state, tape: ev.Resumed(SETTINGS),
    lambda state, tape: ev.Noted(tape.text(), "session"),
    lambda state, tape: ev.Learned(1_000 + tape.below(200)),
    lambda state, tape: ev.Paused(tape.text()),
]
BETWEEN_CALLS: list[Choice] = [
    lambda state, tape: ev.CallStarted(state.pending[0].id),
    finished,
    finished,
    finished,
]
AT_A_BOUNDARY: list[Choice] = [
    replied,
    replied,
    replied,
    opened,
    checked,
    lambda state, tape: ev.Noted(tape.text(), "check"),
    hidden,
    dropped,
    lambda state, tape: ev.Consulted(tape.text(), tape.text(), Usage(tape.below(99)), 0.001),
    lambda state, tape: ev.AskFailed(tape.text()),
    lambda state, tape: ev.Judged(bool(tape.below(2)), tape.text()),
    lambda state, tape: ev.Ended("budget", tape.text()),
    lambda state, tape: ev.Said(tape.text(), state.inbox + 1),
    lambda state, tape: ev.Asked(tape.below(250), tape.below(250), bool(tape.below(2))),
    lambda state, tape: ev.Briefed(tape.text(), "code" if tape.below(2) else "native"),
    lambda state, tape: ev.Noted(tape.text(), "guard" if tape.below(2) else "plan"),
    lambda state, tape: ev.PlanChanged(json.dumps({"plan": [{"step": tape.text(), "status": "open"}]})),
    lambda state, tape: ev.Attempted(state.attempt + 1),
]
