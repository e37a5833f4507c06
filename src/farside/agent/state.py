"""RunState: all that is known of a run at one moment, as a fold of its events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from farside.agent.events import Asked, CallStatus, Settings
from farside.agent.plan import Plan
from farside.messages import Message, ToolCall, Usage

Status = Literal["running", "paused", "finished", "budget", "failed"]


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What the guard knows of a finished call."""

    signature: str
    """Hash of tool, arguments and output, digits and white space normalised: near repeats share it."""
    output: str
    """Hash of the output to the letter."""
    act: str
    """Hash of tool and arguments to the letter."""
    status: CallStatus
    seconds: float
    progress: bool
    """It brought an output not seen before, or changed files."""
    ours: bool = False
    """A mission's check, not the model's doing: neither progress nor a repeat."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one attempt claimed to be the result."""

    attempt: int
    text: str


@dataclass(frozen=True)
class RunState:
    """The run at one moment. Without slots, so that `changed` can copy all fields at once."""

    goal: str
    settings: Settings
    status: Status = "running"
    system: str = ""
    dialect: str = ""
    """The dialect that `system` is written for; "" before the first briefing."""
    transcript: tuple[Message, ...] = ()
    """All messages in order, with farside's own ids, whatever is hidden."""
    attempt: int = 1
    attempt_start: int = 0
    """Index in `transcript` of the first message of the current attempt."""
    opening: int = 1
    """Messages with which every attempt begins: the goal, and what the mission opened with."""
    checking: int | None = None
    """Index in `transcript` of the claim that is checked before it is judged; None = none is."""
    answers: tuple[Answer, ...] = ()
    """Judged claims, one or more an attempt."""
    hidden: frozenset[str] = frozenset()
    """Call ids whose outputs are shown as placeholders."""
    dropped: tuple[tuple[int, int, str], ...] = ()
    """(start, end, lesson): transcript ranges that are not sent."""
    pending: tuple[ToolCall, ...] = ()
    """Calls of the last reply without an outcome, in order."""
    failed: frozenset[str] = frozenset()
    """Ids of finished calls whose outcome is an error or unknown."""
    started: str = ""
    """The pending call that was begun, if one was."""
    calls: int = 0
    """How many calls the model has made: the counter of ids."""
    steps: int = 0
    usage: Usage = field(default_factory=Usage)
    cost_usd: float = 0.0
    seconds: float = 0.0
    """Time spent in requests and calls."""
    answering: float = 0.0
    """The part of it in which the model answered: in replies, and to questions that calls asked it."""
    answered: int = 0
    """How often it did."""
    aside: float = 0.0
    """Seconds in which the call under way had the model answer; they are in `seconds` already."""
    asked: Asked | None = None
    """The request in flight."""
    final: bool = False
    """The last reply was the last that the budget allows."""
    cuts: int = 0
    """How many replies in a row were cut off by their limit, without a call."""
    window: int | None = None
    """The window that the endpoint taught us, in tokens."""
    chars: int = 0
    """Characters that a projection of this state sends, by the fold's own count."""
    measured: tuple[int, int] = (0, 0)
    """(characters, prompt tokens) of the last reply: how chars and tokens relate for this model."""
    plan: Plan = field(default_factory=Plan)
    plan_noted: int = 0
    """Step at which the plan was last shown."""
    inbox: int = 0
    """Number of the last inbox row taken."""
    session: str = ""
    """Content hash of the Python session's last snapshot."""
    lost: tuple[str, ...] = ()
    records: tuple[CallRecord, ...] = ()
    """Finished calls of the current attempt since the guard last rolled back or the user spoke."""
    seen: frozenset[str] = frozenset()
    """Outputs and acts (hashes) of finished calls of the current attempt."""
    guard_level: int = 0
    """How often the guard spoke since the last progress."""
    rollbacks: int = 0
    """How often the guard rolled back in this attempt."""
    rejections: int = 0
    """Claims rejected since the last accepted progress."""
    snapshot: str = ""
    """The last snapshot's tree; "" before the first one."""
    snapshot_files: int = 0
    """How many files the last snapshot looked through."""
    snapshots_off: str = ""
    """Why no snapshots are taken; "" = they are."""
    touched: bool = False
    """A call since the last snapshot may have changed files."""
    answer: str = ""
    reason: str = ""
    wake_at: float | None = None


def changed(state: RunState, **changes: Any) -> RunState:
    """Return what dataclasses.replace returns, in a sixth of its time: a resume folds thousands of events."""
    fresh = object.__new__(RunState)
    vars(fresh).update(vars(state), **changes)
    return fresh
