"""The seam to what the agent can do: tools with a declared effect, and the outcome of a call."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from farside.messages import ToolSpec

SURVEY = "survey"
"""The tool that a run may open with."""
WORK_OUT = "work_out"
"""The tool that a calculation may open with."""
ANSWER = "Answer: "
"""Begins the last line of the output of a call that has worked out the goal before the model's first reply."""
LEFT_OUT = "Left out: "
"""Begins the line before it where that does not cover all files."""


class Effect(StrEnum):
    """What it means to run a call again after a crash."""

    PURE = "pure"
    """Changes nothing: run it again."""
    IDEMPOTENT = "idempotent"
    """Twice is once: run it again."""
    UNSAFE = "unsafe"
    """Never run it again: the model is told that the outcome is unknown."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call brought. A tool's own failure is an outcome with `ok` false, not an exception."""

    text: str
    """The whole output, decoded (up to the source's own cap, which it names in the text)."""
    ok: bool = True
    session: bytes | None = None
    """Snapshot of the Python session's picklable globals after this call; None = unchanged.

    Opaque: only the sandboxed session may unpickle it.
    """
    lost: tuple[str, ...] = ()
    """Names of the session that the snapshot could not hold."""
    plan: str | None = None
    """JSON text of the new plan and acceptance list (update_plan only)."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question that the session asks the model, outside the run's conversation."""

    text: str
    system: str = ""
    schema: str = ""
    """JSON text of the JSON Schema that the answer must follow; "" = any text."""
    max_tokens: int = 512
    temperature: float = 0.0
    seed: int = 0
    stop: str = ""
    """The answer ends before this text; "" = it ends by itself."""


@dataclass(frozen=True, slots=True)
class Host:
    """What the session may ask of the process that works on the run."""

    recall: Callable[[str], str | None]
    """Return the whole text of an earlier output by its handle, or None."""
    consult: Callable[[Question], str]
    """Return the model's answer. The same question has the same answer over the whole run, also after a resume."""


class Toolbox(Protocol):
    """The tools of one run, over one workspace and one sandbox."""

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """In a stable order, so that the prompt prefix stays byte-stable."""
        ...

    @property
    def names(self) -> Collection[str]:
        """Every tool there is to call, those that no model is told of among them."""
        ...

    def warm(self) -> None:
        """Begin to start what the first call needs, without waiting for it."""
        ...

    def effect(self, name: str) -> Effect:
        """Return the declared effect of a tool; an unknown name is pure (its call only brings an error)."""
        ...

    def call(self, name: str, arguments: str, handle: str) -> Outcome:
        """Run one call to its end; unknown tools and bad arguments are outcomes the model can act on.

        `arguments` is JSON text. `handle` names the output for recall. KeyboardInterrupt passes through, with the
        call's processes killed.
        """
        ...

    def restore(self, session: bytes, lost: tuple[str, ...]) -> tuple[str, ...]:
        """Bring the session's globals back before the next call; return the names that could not be restored."""
        ...

    def close(self) -> None:
        """Kill every process of the sandbox and wait until they are dead. May be called twice."""
        ...
