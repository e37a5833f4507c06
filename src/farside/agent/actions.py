"""What the loop can do next. decide returns one of these; the loop performs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from farside.agent.events import EndStatus
from farside.messages import ToolCall


@dataclass(frozen=True, slots=True)
class Ask:
    """Send a request to the model."""

    input_tokens: int
    max_tokens: int
    final: bool


@dataclass(frozen=True, slots=True)
class Act:
    """Run a call."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class Verify:
    """Let the mission judge the claim to be finished."""


@dataclass(frozen=True, slots=True)
class Remind:
    """Tell the model something: the plan, that the budget ends, that it repeats itself, that its reply is cut."""

    why: Literal["plan", "budget", "nudge", "reflect", "cut"]


@dataclass(frozen=True, slots=True)
class Hide:
    """Show these calls' outputs as placeholders from now on."""

    call_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drop:
    """Send these messages no more, but `digest`, a line a step, in their place."""

    start: int
    end: int
    digest: str
    why: Literal["guard", "context"]


@dataclass(frozen=True, slots=True)
class End:
    """The run is over."""

    status: EndStatus
    answer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do: the run is paused or over."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Keep the files of the workspace as they are."""


Action = Ask | Act | Verify | Remind | Hide | Drop | Snapshot | End | Rest
