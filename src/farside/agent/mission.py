"""The seam to a mission: what a good result is. The loop is the same for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from farside.agent.state import RunState
from farside.messages import ToolCall
from farside.models.base import Profile


@dataclass(frozen=True, slots=True)
class Accept:
    """The claim holds."""

    answer: str


@dataclass(frozen=True, slots=True)
class Reject:
    """The claim does not hold; `reason` goes back to the model as a fact."""

    reason: str


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The claim stands by itself; an independent attempt has to confirm it."""

    reason: str


Verdict = Accept | Reject | TryAgain


class Mission(Protocol):
    """Prompts and verifier for one kind of work."""

    name: str

    def system(self, profile: Profile) -> str:
        """Return the system prompt for this model's dialect. The same for the same profile, to the byte."""
        ...

    def opening(self, state: RunState, profile: Profile) -> tuple[ToolCall, ...]:
        """Return calls to run before the model's first reply; often none. Ids are given on the way in. Pure."""
        ...

    def verify(self, state: RunState, profile: Profile) -> Verdict:
        """Judge the last reply, which claims to be the result. Pure."""
        ...
