"""Starting a run and taking one up again: lease, fold, proof that the old sandbox is dead, then the loop."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from farside.agent import events as ev
from farside.agent.blobs import Blobs
from farside.agent.fold import fold
from farside.agent.glance import Glance, glance
from farside.agent.home import RunFolder, new_run, private
from farside.agent.interrupts import Interrupts
from farside.agent.journal import Journal
from farside.agent.lease import Lease
from farside.agent.mission import Mission, Recall
from farside.agent.state import RunState
from farside.agent.watcher import Watcher
from farside.agent.well_formed import well_formed
from farside.errors import FarsideError
from farside.messages import ToolSpec
from farside.models.base import Model
from farside.prompts import render
from farside.tools.base import Effect, Host, Toolbox
from farside.tools.catalog import catalog, reaching

if TYPE_CHECKING:
    from farside.agent.loop import Run


@dataclass(frozen=True, slots=True)
class Crew:
    """How to get what a run works with. Called once a run is ours, so that nothing starts in vain."""

    model: Callable[[ev.Settings], Model]
    toolbox: Callable[[ev.Settings, RunFolder, Host], Toolbox]
    mission: Callable[[ev.Settings], Mission]


def create(goal: str, settings: ev.Settings) -> RunFolder:
    """Make a new run on disk, ready to be taken up. Without a workspace of its own it gets one.

    Raises:
        FarsideError: the goal is empty, the workspace is no readable folder, the disk refuses.
    """
    if not goal.strip():
        raise FarsideError("The goal is empty.", 'Say what is to be done: farside run "GOAL".')
    if settings.workspace:
        _check_workspace(Path(settings.workspace))
    folder = new_run()
    workspace = settings.workspace or str(folder.workspace)
    journal = Journal(folder.journal, create=True)
    journal.append(ev.RunCreated(well_formed(goal), replace(settings, workspace=workspace)))
    journal.close()
    return folder


@contextmanager
def taken_up(
    folder: RunFolder,
    crew: Crew,
    watcher: Watcher,
    change: Callable[[ev.Settings], ev.Settings] = lambda old: old,
    interrupts: Interrupts | None = None,
) -> Iterator[Run]:
    """Give the run into this process's hands, settled and ready to `go`; let go of everything at the end.

    `change` turns the journaled settings into those to go on with. Signals are caught until all is let go of; they
    end what is slow before the run is ready, and are ignored while it is let go of.

    Raises:
        KeyboardInterrupt: a signal came before the run was ready; nothing was noted.
        FarsideError: another process works on it, it is finished and nothing was said, its files cannot be read,
            its old sandbox will not die, model or sandbox cannot be had, or money is limited and the price unknown.
    """
    with ExitStack() as stack:
        interrupts = interrupts or Interrupts()
        stack.enter_context(interrupts.caught())
        lease = Lease(folder.lease, folder.id)
        stack.callback(lease.close)
        journal = Journal(folder.journal)
        stack.callback(journal.close)
        seen = glance(journal)
        _refuse_finished(folder, journal, seen)
        settings = change(seen.settings)
        blobs = Blobs(folder.blobs)
        host = Host(recall_from(journal, blobs), lambda question: run.consult(question))
        with interrupts.open():
            toolbox = crew.toolbox(settings, folder, host)
        stack.callback(toolbox.close)
        if seen.session:
            toolbox.warm()  # it comes up while the rest is imported, the journal read and the model opened
        from farside.agent.budget import refuse_unpriced
        from farside.agent.loop import Run
        from farside.agent.snapshots.taking import Snapshots

        state = told_by(journal)
        with interrupts.open():
            model = crew.model(settings)
        stack.callback(model.close)
        refuse_unpriced(settings, model.profile)
        snapshots = Snapshots(folder.snapshots, Path(settings.workspace), private())
        mission = crew.mission(settings)
        run = Run(folder.id, journal, blobs, state, model, toolbox, mission, watcher, interrupts, snapshots)
        out_of_budget = state.final
        run.note(ev.Resumed(settings))
        with interrupts.open():
            run.note(*settle(run))
        if out_of_budget:
            run.note(ev.Noted(render(__package__, "go_on.md"), "session"))
        run.commit()
        yield run


def told_by(journal: Journal) -> RunState:
    """Return the state that a journal tells of.

    Raises:
        FarsideError: it is not readable, or no whole story.
    """
    try:
        return fold(entry.event for entry in journal.entries())
    except ValueError as error:
        raise FarsideError(
            f"The journal {journal.path} is no whole story ({error}).",
            "Restore it from a backup, or start a new run.",
        ) from error


def settle(run: Run) -> Iterable[ev.Event]:
    """Yield what has to be noted before a run that was stopped can go on.

    A call that was begun and has no outcome runs again where its effect allows that; else its outcome is unknown.
    """
    state = run.state
    began = next((call for call in state.pending if call.id == state.started), None)
    if began and run.toolbox.effect(began.name) is Effect.UNSAFE:
        yield ev.CallFinished(began.id, "unknown", render(__package__, "unknown.md"), may_write=True)
    if state.session and (lost := run.toolbox.restore(run.blobs.get(state.session), state.lost)):
        yield ev.Noted(render(__package__, "restored.md", names=", ".join(lost)), "session")
    profile = run.model.profile
    if state.dialect != profile.tools:
        yield ev.Briefed(briefing(run), profile.tools)
    if not state.calls and not state.steps and (calls := run.mission.opening(state, profile)):
        from farside.agent.loop import numbered

        yield ev.Opened(numbered(calls, 0))


def briefing(run: Run) -> str:
    """Return the mission's system prompt; in the code dialect with the tools that it and the user's choices added.

    There the model is told of functions in prose, and nothing is said of what has nothing to reach.
    """
    profile, settings = run.model.profile, run.state.settings
    system = run.mission.system(profile)
    reaches = settings.corpora or settings.net or settings.mcp
    known = catalog() if reaches else catalog() | reaching()
    added = [spec for spec in run.toolbox.specs if spec.name not in known]
    if profile.tools != "code" or not added:
        return system
    functions = "\n".join(f"- {_signature(spec)}: {spec.description}" for spec in added if spec.name.isidentifier())
    return f"{system}\n{render(__package__, 'functions.md', functions=functions)}"


def _signature(spec: ToolSpec) -> str:
    return f"{spec.name}({', '.join(json.loads(spec.schema).get('properties', ()))})"


def recall_from(journal: Journal, blobs: Blobs) -> Recall:
    """Return the function that finds the whole text of an earlier output by its call id."""

    def recall(handle: str) -> str | None:
        found = journal.outcome(handle)
        if found is None:
            return None
        return blobs.get(found.blob).decode() if found.blob else found.text

    return recall


class Finished(FarsideError):
    """There is nothing left to do in a run."""


def _refuse_finished(folder: RunFolder, journal: Journal, seen: Glance) -> None:
    if seen.finished and not journal.inbox(seen.inbox):
        raise Finished(
            f"Run {folder.id} is finished.",
            f"`farside say {folder.id} TEXT` tells it to go on, and with what.",
        )


def _check_workspace(path: Path) -> None:
    try:
        if not path.is_dir():
            raise FarsideError(f"{path} is not a folder.", "Name an existing folder with --dir.")
        next(path.iterdir(), None)
    except OSError as error:
        raise FarsideError(
            f"The folder {path} cannot be read ({error.strerror}).",
            "Name another with --dir, or change its rights.",
        ) from error
