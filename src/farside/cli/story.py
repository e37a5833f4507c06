"""What happened, as permanent lines: one event in, rich text out. Pure.

The live view prints these lines once and never touches them again; `farside show` prints them at more length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from farside.agent import events as ev
from farside.agent.plan import Plan
from farside.agent.state import RunState
from farside.cli.figures import count, duration, tokens
from farside.cli.gist import gist, program
from farside.cli.plain_text import cut, error_head, fitted, head, one_line
from farside.messages import ToolCall

GUTTER = 6
"""Columns left of all text; the step's number stands there."""
WIDEST = 120
"""Columns that text uses at most: longer lines are hard to read."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is shown of each thing, in lines."""

    thought: int
    words: int
    program: int
    """0 = the call in one line."""
    output: int


GLANCE = Detail(thought=2, words=3, program=0, output=2)
"""For whoever watches."""
FULL = Detail(thought=12, words=40, program=16, output=8)
"""For `farside show`."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a line is laid out for."""

    width: int
    detail: Detail

    @property
    def room(self) -> int:
        """Columns beside the gutter."""
        return max(min(self.width, WIDEST) - GUTTER - 1, 20)


def told(event: ev.Event, state: RunState, page: Page) -> list[Text]:
    """Return the lines that tell of an event; `state` is the state after it. Many events have none."""
    tell = _TELL.get(type(event))
    return list(tell(event, state, page)) if tell else []


def masthead(run_id: str, state: RunState, page: Page) -> list[Text]:
    """Return the lines above a run: its goal, and how to come back to it."""
    goal = fitted(state.goal, page.room, 3)
    lines = [indented(line, "bold", "☾" if number == 0 else "", "cyan") for number, line in enumerate(goal)]
    begun = f"goes on from step {state.steps}" if state.steps else "begins"
    return [
        Text(),
        *lines,
        indented(f"run {run_id} {begun} · farside resume {run_id} comes back to it", "dim"),
        Text(),
    ]


def indented(text: str, style: str = "", mark: str = "", mark_style: str = "dim") -> Text:
    """Return a line behind the gutter, in which `mark` may stand."""
    line = Text(no_wrap=True, overflow="ellipsis")
    return line.append(f"{mark:>{GUTTER - 2}}  ", mark_style if mark else "").append(text, style)


def _replied(event: ev.Replied, state: RunState, page: Page) -> Iterator[Text]:
    """The step's number stands before its first line. Words without calls are a claim, told when it is judged."""
    keep = page.detail
    thought = [(line, "italic dim") for line in fitted(event.message.thinking, page.room, keep.thought, "tail")]
    words = [(line, "") for line in fitted(event.message.text, page.room, keep.words)] if event.message.calls else []
    wordless = [("no words, straight to work", "dim")] if event.message.calls else []
    mark = str(state.steps)
    for line, style in thought + words or wordless:
        yield indented(line, style, mark, "bold cyan")
        mark = ""
    for anomaly in event.anomalies:
        yield indented(cut(f"repaired: {one_line(anomaly)}", page.room), "yellow")


def _call_finished(event: ev.CallFinished, state: RunState, page: Page) -> Iterator[Text]:
    call = _call(state, event.call_id)
    if call.name == "update_plan" and event.status == "ok":
        return  # the plan itself is shown
    yield called(call, page, after=f"  {duration(event.seconds)}" if event.seconds >= 0.1 else "")
    if page.detail.program:
        for line in head(program(call), page.room - 2, page.detail.program)[1:]:
            yield indented(f"  {line}")
    colour = {"ok": "green", "error": "red", "unknown": "yellow"}[event.status]
    shorten = head if event.status == "ok" or page.detail is FULL else error_head
    for number, line in enumerate(shorten(event.text, page.room - 2, page.detail.output) or ["(no output)"]):
        mark = {"ok": "↳ ", "error": "✗ ", "unknown": "? "}[event.status] if number == 0 else "  "
        yield indented("").append(mark, colour).append(line, "dim" if event.status == "ok" else colour)


def called(call: ToolCall, page: Page, after: str = "") -> Text:
    """Return a call on one line, and what stands behind it."""
    line = indented("").append(one_line(call.name), "bold").append("  ")
    what = gist(call)
    if page.detail.program:
        what = (head(program(call), page.room, 1) or [""])[0].partition(" (+")[0]
    return line.append(cut(what, page.room - len(call.name) - 2 - len(after))).append(after, "dim")


def _call(state: RunState, call_id: str) -> ToolCall:
    for message in reversed(state.transcript):
        for call in message.calls:
            if call.id == call_id:
                return call
    return ToolCall(call_id, "call", "{}")


def _consulted(event: ev.Consulted, state: RunState, page: Page) -> Iterator[Text]:
    """A question beside the conversation: a call may ask many, which are only shown at length."""
    if page.detail is FULL:
        yield indented("").append("asked beside  ", "dim").append(cut(one_line(event.text), page.room - 14), "dim")


def _plan_changed(event: ev.PlanChanged, state: RunState, page: Page) -> Iterator[Text]:
    for line in planned(state.plan):
        line.truncate(page.room + GUTTER, overflow="ellipsis")
        yield line


def planned(plan: Plan) -> Iterator[Text]:
    """Yield the plan and the acceptance list, a line an item."""
    marks = {"done": ("●", "green"), "doing": ("◐", "cyan")}
    for entry in plan.steps:
        mark, colour = marks.get(entry.status, ("○", "dim"))
        yield (
            indented("")
            .append(f"{mark} ", colour)
            .append(one_line(entry.step), "dim" if entry.status == "done" else "")
        )
    for item in plan.acceptance:
        mark, colour = ("✓", "green") if item.passes else ("·", "yellow")
        yield indented("").append(f"{mark} ", colour).append(f"must hold: {one_line(item.item)}")


def _said(event: ev.Said, state: RunState, page: Page) -> Iterator[Text]:
    for number, line in enumerate(fitted(event.text, page.room - 5, page.detail.words)):
        yield indented("").append("you  " if number == 0 else "     ", "bold magenta").append(line, "magenta")


def _noted(event: ev.Noted, state: RunState, page: Page) -> Iterator[Text]:
    """Reminders of the plan are for the model alone."""
    told = {
        "guard": "guard: the last calls brought nothing new; the model is told so",
        "budget": "budget: the next reply is the last",
        "verdict": f"not accepted: {one_line(event.text)}",
        "step": one_line(event.text),
        "session": one_line(event.text),
        "context": one_line(event.text),
    }
    if line := told.get(event.why):
        yield indented(cut(line, page.room), "yellow")


def _hidden(event: ev.Hidden, state: RunState, page: Page) -> Iterator[Text]:
    yield indented(f"context: {count(len(event.call_ids), 'earlier output')} hidden, in reach of recall", "dim")


def _dropped(event: ev.Dropped, state: RunState, page: Page) -> Iterator[Text]:
    if event.why == "guard":
        yield indented("guard: the steps that went in circles are taken out", "yellow")
    else:
        yield indented(f"context: {count(event.end - event.start, 'message')} folded into a line a step", "dim")


def _judged(event: ev.Judged, state: RunState, page: Page) -> Iterator[Text]:
    """A claim that holds is the answer, which is shown at the end."""
    if not event.accepted:
        yield from answered(event.answer, page)


def answered(answer: str, page: Page) -> Iterator[Text]:
    """Yield the head of an answer that is not the last word."""
    for number, line in enumerate(head(answer, page.room - 8, page.detail.words)):
        yield indented("").append("answer  " if number == 0 else " " * 8, "bold").append(line)


def _learned(event: ev.Learned, state: RunState, page: Page) -> Iterator[Text]:
    yield indented(f"context: the endpoint's window is {tokens(event.window)} tokens", "yellow")


def _snapshots_off(event: ev.SnapshotsOff, state: RunState, page: Page) -> Iterator[Text]:
    """Without snapshots the run goes on, but nobody can go back to its steps from here on."""
    yield indented(cut(f"no snapshots, so no fork from here on: {one_line(event.reason)}", page.room), "yellow")


def _attempted(event: ev.Attempted, state: RunState, page: Page) -> Iterator[Text]:
    yield indented(f"attempt {event.number}, independent of the others: the conversation begins anew", "cyan")


_TELL: dict[type, Callable[[Any, RunState, Page], Iterator[Text]]] = {
    ev.Replied: _replied,
    ev.CallFinished: _call_finished,
    ev.Consulted: _consulted,
    ev.PlanChanged: _plan_changed,
    ev.Said: _said,
    ev.Noted: _noted,
    ev.Hidden: _hidden,
    ev.Dropped: _dropped,
    ev.Judged: _judged,
    ev.Learned: _learned,
    ev.Attempted: _attempted,
    ev.SnapshotsOff: _snapshots_off,
}
