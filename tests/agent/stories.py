"""Short ways to tell what happened in a run, as events."""

from __future__ import annotations

import json
from dataclasses import replace

from farside.agent import events as ev
from farside.agent.fold import fold
from farside.agent.state import RunState
from farside.messages import Message, ToolCall, Usage
from farside.models.base import Profile

SETTINGS = ev.Settings("scripted/x", workspace="/nowhere")
PROFILE = Profile("scripted/x", window=100_000, max_tokens=8_000)


def begun(goal: str = "the goal", **budget: object) -> list[ev.Event]:
    """Return the events of a run that has begun."""
    settings = replace(SETTINGS, budget=replace(ev.Budget(), **budget))  # type: ignore[arg-type]
    return [ev.RunCreated(goal, settings), ev.Resumed(settings), ev.Briefed("be good", "native")]


def step(
    number: int,
    output: str,
    *,
    arguments: object = None,
    ok: bool = True,
    seconds: float = 0.0,
    tokens: int = 0,
    usage: Usage | None = None,
) -> list[ev.Event]:
    """Return a reply with one call, and its outcome."""
    text = json.dumps({"code": number} if arguments is None else arguments)
    call = ToolCall(f"c{number}", "python", text)
    reply = ev.Replied(Message("assistant", calls=(call,)), usage or Usage(tokens), 0.0, "calls")
    finished = ev.CallFinished(call.id, "ok" if ok else "error", output, seconds=seconds)
    return [reply, ev.CallStarted(call.id), finished]


def answer(text: str) -> ev.Event:
    """Return a reply without calls."""
    return ev.Replied(Message("assistant", text), Usage(), 0.0, "stop")


def state_after(*parts: list[ev.Event] | ev.Event) -> RunState:
    """Return the fold of events and lists of events."""
    return fold([event for part in parts for event in (part if isinstance(part, list) else [part])])
