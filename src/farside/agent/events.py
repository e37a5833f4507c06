"""What can happen in a run. The journal is a list of these, and everything else is a fold of it.

An event says what happened, never when or where: the journal adds number and time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from farside.messages import Finish, Message, ToolCall, Usage
from farside.tools.corpora.corpus import Corpus
from farside.tools.mcp.offer import Offer


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of a run; None is no limit."""

    max_steps: int = 300
    max_tokens: int | None = None
    """Billed tokens of the whole run, prompts and replies together."""
    max_thinking: int | None = None
    """Thinking tokens of one reply."""
    max_usd: float | None = None
    max_minutes: float | None = None
    """Minutes that requests and calls take in all; a pause costs none."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose for a run. A resumed run starts from these."""

    model: str
    base_url: str | None = None
    workspace: str = ""
    """Absolute path of the folder that is worked on."""
    budget: Budget = field(default_factory=Budget)
    context: str = "keep-latest"
    seed: int | None = None
    net: bool = False
    sandbox: bool = True
    mission: str = "general"
    corpora: tuple[Corpus, ...] = ()
    """Folders that may be searched."""
    mcp: tuple[str, ...] = ()
    """Names of the MCP servers that it uses."""
    offers: tuple[Offer, ...] = ()
    """What these offered when the run began: the model is told of no other tools of theirs."""
    options: tuple[tuple[str, str], ...] = ()
    """What the user chose for its mission, (name, value) each: a resumed run needs no option again."""

    def option(self, name: str) -> str:
        """Return the value of one of the mission's options; "" where it was not given."""
        return dict(self.options).get(name, "")


@dataclass(frozen=True, slots=True)
class RunCreated:
    """The goal is set. Always the first event."""

    goal: str
    settings: Settings
    kind: Literal["run_created"] = "run_created"


@dataclass(frozen=True, slots=True)
class Resumed:
    """A process took the run up (the first one too). What was in flight before is settled by the fold."""

    settings: Settings
    kind: Literal["resumed"] = "resumed"


@dataclass(frozen=True, slots=True)
class Briefed:
    """The mission's system prompt and opening for this model's dialect; later ones replace earlier ones."""

    system: str
    dialect: Literal["native", "code"]
    kind: Literal["briefed"] = "briefed"


@dataclass(frozen=True, slots=True)
class Said:
    """The user said something while the run was going, or to wake it."""

    text: str
    inbox: int
    """Number of the inbox row that it came from: each is taken once."""
    kind: Literal["said"] = "said"


@dataclass(frozen=True, slots=True)
class Noted:
    """farside tells the model a fact; it is appended at a boundary and never moves."""

    text: str
    why: Literal["plan", "guard", "budget", "verdict", "session", "cut", "check", "step"]
    kind: Literal["noted"] = "noted"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request is on its way. Budget is reserved for it; what never comes back counts as its prompt alone."""

    input_tokens: int
    """Estimated tokens of the prompt."""
    max_tokens: int
    """Room given to the reply."""
    final: bool = False
    """The last reply that the budget allows: its calls are not run."""
    kind: Literal["asked"] = "asked"


@dataclass(frozen=True, slots=True)
class Replied:
    """The model replied. Its calls have farside's ids from here on."""

    message: Message
    usage: Usage
    cost_usd: float
    finish: Finish
    model: str = ""
    anomalies: tuple[str, ...] = ()
    wasted: Usage = field(default_factory=Usage)
    """Billed besides `usage`, for unusable replies that were asked for again."""
    seconds: float = 0.0
    kind: Literal["replied"] = "replied"


@dataclass(frozen=True, slots=True)
class AskFailed:
    """The request in flight brought no usable reply, and is settled: only `wasted` was billed."""

    reason: str
    wasted: Usage = field(default_factory=Usage)
    cost_usd: float = 0.0
    kind: Literal["ask_failed"] = "ask_failed"


@dataclass(frozen=True, slots=True)
class Learned:
    """The endpoint taught us the true window, in tokens."""

    window: int
    kind: Literal["learned"] = "learned"


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The intent: from here on the call may have had its effect."""

    call_id: str
    kind: Literal["call_started"] = "call_started"


CallStatus = Literal["ok", "error", "unknown"]


@dataclass(frozen=True, slots=True)
class CallFinished:
    """The outcome of a call."""

    call_id: str
    status: CallStatus
    text: str
    """What the model is shown: at most the profile's output cap."""
    blob: str = ""
    """Content hash of the whole output where `text` is only a part of it."""
    size: int = 0
    """Characters of the whole output."""
    session: str = ""
    """Content hash of the Python session's snapshot after this call; "" = as before."""
    lost: tuple[str, ...] = ()
    changed: bool = False
    """Files of the workspace are known to have changed."""
    may_write: bool = False
    """The tool may have changed files: a snapshot is due when the step's calls are done."""
    seconds: float = 0.0
    kind: Literal["call_finished"] = "call_finished"


@dataclass(frozen=True, slots=True)
class Opened:
    """The mission opens an attempt with calls of its own, before the model's first reply."""

    calls: tuple[ToolCall, ...]
    kind: Literal["opened"] = "opened"


@dataclass(frozen=True, slots=True)
class Checked:
    """The mission has these calls done before it judges the claim that stands last."""

    calls: tuple[ToolCall, ...]
    kind: Literal["checked"] = "checked"


@dataclass(frozen=True, slots=True)
class Consulted:
    """The session asked the model one question, outside the conversation. Asked again, this is the answer."""

    key: str
    """Hash of the question."""
    text: str
    usage: Usage
    cost_usd: float
    seconds: float = 0.0
    kind: Literal["consulted"] = "consulted"


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """The model revised its plan (JSON text of update_plan)."""

    text: str
    kind: Literal["plan_changed"] = "plan_changed"


@dataclass(frozen=True, slots=True)
class Hidden:
    """The context policy acted: these calls' outputs are shown as a placeholder from now on."""

    call_ids: tuple[str, ...]
    kind: Literal["hidden"] = "hidden"


@dataclass(frozen=True, slots=True)
class Dropped:
    """Messages `start` to `end` of the transcript are no longer sent; `lesson` stands in their place."""

    start: int
    end: int
    lesson: str
    why: Literal["guard", "context"] = "context"
    kind: Literal["dropped"] = "dropped"


@dataclass(frozen=True, slots=True)
class Judged:
    """The mission's verifier looked at the claim to be finished."""

    accepted: bool
    answer: str
    reason: str = ""
    kind: Literal["judged"] = "judged"


@dataclass(frozen=True, slots=True)
class Attempted:
    """An independent attempt starts: the conversation begins anew from the goal."""

    number: int
    kind: Literal["attempted"] = "attempted"


@dataclass(frozen=True, slots=True)
class Snapshotted:
    """The files of the workspace are kept as they were now."""

    tree: str
    """Name of the git tree in the run's own store."""
    files: int
    size: int
    """Bytes of all files."""
    left_out: tuple[str, ...] = ()
    """What the snapshot does not hold, each with the reason."""
    seconds: float = 0.0
    kind: Literal["snapshotted"] = "snapshotted"


@dataclass(frozen=True, slots=True)
class SnapshotsOff:
    """No snapshots from here on, until the run is resumed: a fork or restore at these steps cannot be had."""

    reason: str
    kind: Literal["snapshots_off"] = "snapshots_off"


@dataclass(frozen=True, slots=True)
class Forked:
    """Up to here the events are copies of another run's; what comes now is this run's own."""

    origin: str
    """Id of the other run."""
    step: int
    """Step of the other run after which this one begins."""
    settings: Settings
    """Those of the other run then, with the fork's own workspace."""
    kind: Literal["forked"] = "forked"


@dataclass(frozen=True, slots=True)
class Paused:
    """The run rests; nothing is spent until someone resumes it."""

    reason: str
    wake_at: float | None = None
    """Unix time at which it makes sense to resume, where known."""
    kind: Literal["paused"] = "paused"


EndStatus = Literal["finished", "budget", "failed"]


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over, with the answer so far. Words of the user can still wake it."""

    status: EndStatus
    answer: str
    reason: str = ""
    kind: Literal["ended"] = "ended"


Event = (
    RunCreated
    | Resumed
    | Briefed
    | Said
    | Noted
    | Asked
    | Replied
    | AskFailed
    | Learned
    | CallStarted
    | CallFinished
    | Opened
    | Checked
    | Consulted
    | PlanChanged
    | Hidden
    | Dropped
    | Judged
    | Attempted
    | Snapshotted
    | SnapshotsOff
    | Forked
    | Paused
    | Ended
)
