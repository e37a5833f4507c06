"""The seam to a mission: what a good result is. The loop is the same for all of them.

A mission opens a run, may bring tools of its own, judges each claim to be finished, and makes something of the run
once it has ended. All that it does in between is calls of tools, so that effects, journal and resume hold for it too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from farside.agent.events import Settings
from farside.agent.home import RunFolder
from farside.agent.state import RunState
from farside.messages import ToolCall
from farside.models.base import Profile
from farside.tools.base import Host, Toolbox
from farside.tools.sandbox import Layer

Recall = Callable[[str], str | None]
"""Return the whole text of an earlier output by its call's id, or None."""


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


@dataclass(frozen=True, slots=True)
class Onward:
    """The claim is one step of several, and holds; `text` tells the model what the next one is."""

    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """The claim cannot be judged before these calls are done; then `verify` is asked again about the same claim.

    The calls run as the model's do: journaled, and after a kill again where their effect allows that. What they print
    is in the state then (`farside.agent.claim.checks`), and the model sees it, so it reads as a fact; an unsafe call
    that a kill cut off says that its outcome is unknown. Ids are given on the way in.
    """

    calls: tuple[ToolCall, ...]


Verdict = Accept | Reject | TryAgain | Onward | Check


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mission's own tools work, and what they may use."""

    settings: Settings
    folder: RunFolder
    """A tool that needs a sandbox of its own gives it a scratch folder of its own in `folder.scratch`."""
    host: Host
    layer: Layer
    """The sandbox that the run has."""
    notice: Callable[[str], None]
    """Tells the user why it takes longer."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a mission made of a run."""

    paths: tuple[Path, ...]
    """The files, the one to look at first."""
    sentence: str
    """What they are, for the user; says so where they are only a part of what was asked for."""


class Mission(Protocol):
    """Prompts, tools, verifier and deliverable for one kind of work."""

    @property
    def name(self) -> str:
        """By which the journal keeps it."""
        ...

    def system(self, profile: Profile) -> str:
        """Return the system prompt for this model's dialect. The same for the same profile, to the byte."""
        ...

    def opening(self, state: RunState, profile: Profile) -> tuple[ToolCall, ...]:
        """Return calls to run before the model's first reply; often none. Ids are given on the way in. Pure."""
        ...

    def tools(self, place: Place) -> Toolbox | None:
        """Return the tools that it brings beside those of every run, or None.

        Nothing starts before the first call. What stands in `specs` is told to the model: natively, or as a function
        of the Python session; what only stands in `names` is for `opening` and `verify` alone.
        `farside.tools.described.Described` makes a toolbox of a catalog file and functions.

        Raises:
            FarsideError: what they work on cannot be used.
        """
        ...

    def verify(self, state: RunState, profile: Profile) -> Verdict:
        """Judge the claim (`farside.agent.claim.claim`), or have calls done first. Pure.

        It comes to an end: a claim whose checks are done is judged.
        """
        ...

    def deliver(self, state: RunState, folder: RunFolder, recall: Recall) -> Delivered | None:
        """Write what the run has brought, once it has ended; None where the answer is all there is.

        `state.status` says how it ended: what is not "finished" is marked as a part. It depends on the run's folder
        alone and is written in one step, so that it can be done again: `farside resume` of a finished run does.

        Raises:
            FarsideError: it cannot be written.
        """
        ...
