"""A run as it was at the end of one of its steps: what a fork begins with, and what can be restored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from farside.agent import events as ev
from farside.agent.decide import snapshot_is_due
from farside.agent.fold import apply, created
from farside.agent.home import RunFolder
from farside.agent.journal import Entry, Journal
from farside.agent.state import RunState
from farside.errors import FarsideError

OF_A_STEP = (ev.CallStarted, ev.CallFinished, ev.PlanChanged, ev.Consulted, ev.Snapshotted, ev.SnapshotsOff)
"""What follows a reply and still belongs to its step."""
BEFORE_THE_FIRST = (*OF_A_STEP, ev.Resumed, ev.Briefed, ev.Opened)
"""What belongs to step 0."""


@dataclass(frozen=True, slots=True)
class Past:
    """A run up to the end of a step."""

    run: str
    step: int
    entries: Sequence[Entry]
    state: RunState
    """The fold of `entries`."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the snapshot of this step does not hold."""
        kept = (entry.event for entry in reversed(self.entries) if isinstance(entry.event, ev.Snapshotted))
        return next(kept).left_out

    @property
    def is_whole(self) -> bool:
        """Whether the step is done: its calls have outcomes, and its files are kept where they can be."""
        return not self.state.pending and not snapshot_is_due(self.state)


def past(folder: RunFolder, step: int | None) -> Past:
    """Return a run at the end of a step (None: the last one that is done), with a snapshot of its files.

    Only reads: another process may be working on the run.

    Raises:
        FarsideError: there is no such step yet, or no snapshot of it.
    """
    journal = Journal(folder.journal, read_only=True)
    try:
        entries = list(journal.entries())
    finally:
        journal.close()
    steps = sum(isinstance(entry.event, ev.Replied) for entry in entries)
    found = cut(folder.id, entries, steps if step is None else step)
    if step is None and steps and not found.is_whole:
        found = cut(folder.id, entries, steps - 1)
    _refuse_unknown(found, steps)
    _refuse_unkept(found)
    return found


def cut(run: str, entries: Sequence[Entry], step: int) -> Past:
    """Return what happened up to the end of a step; a run that has fewer steps is returned whole. Pure.

    What is decided anew when a run goes on (reminders, verdicts, what is hidden) and what the user said afterwards
    is not part of the step.

    Raises:
        FarsideError: the events are no whole story.
    """
    if not entries or not isinstance(entries[0].event, ev.RunCreated):
        raise FarsideError(f"The journal of run {run} is no whole story.", "Restore it from a backup.")
    state, of_the_step = created(entries[0].event), OF_A_STEP if step else BEFORE_THE_FIRST
    for index, entry in enumerate(entries[1:], start=1):
        unfinished = state.steps < step or state.pending or snapshot_is_due(state)
        if not (unfinished or isinstance(entry.event, of_the_step)):
            return Past(run, step, entries[:index], state)
        state = apply(state, entry.event)
    return Past(run, step, entries, state)


def _refuse_unknown(found: Past, steps: int) -> None:
    if found.step > steps:
        raise FarsideError(
            f"Run {found.run} has no step {found.step}: it has {steps}.",
            f"`farside show {found.run}` tells its steps; 0 is before the first.",
        )
    if not found.is_whole:
        raise FarsideError(
            f"Step {found.step} of run {found.run} is not done yet.",
            f"Name an earlier step, or let it go on: farside resume {found.run}",
        )


def _refuse_unkept(found: Past) -> None:
    state = found.state
    if state.snapshot and not state.snapshots_off:
        return
    kept = [entry.seq for entry in found.entries if isinstance(entry.event, ev.Snapshotted)]
    replied = [entry.seq for entry in found.entries if isinstance(entry.event, ev.Replied)]
    why = state.snapshots_off or "it had no snapshots then"
    last = sum(seq < kept[-1] for seq in replied) if kept else None
    raise FarsideError(
        f"The files of run {found.run} at step {found.step} are not kept: {why}.",
        f"The folder as it is now: {state.settings.workspace}"
        if last is None
        else f"Name a step up to {last}: --at {last}",
    )
