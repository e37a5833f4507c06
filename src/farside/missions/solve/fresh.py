"""A fresh session: the workspace as it was when the run began, and a sandbox of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from farside.agent import events as ev
from farside.agent.home import private
from farside.agent.journal import Journal
from farside.agent.mission import Place
from farside.agent.snapshots.restore import write_out
from farside.agent.snapshots.store import Store
from farside.missions.solve.cells import Cell
from farside.tools.base import Outcome
from farside.tools.remains import prove_dead
from farside.tools.sandbox import confined
from farside.tools.toolbox import SandboxedToolbox


class Session:
    """A Python session in which cells run, one after the other."""

    def __init__(self, toolbox: SandboxedToolbox) -> None:
        self._toolbox = toolbox

    def run(self, code: str, seconds: int) -> Outcome:
        """Run a cell to its end."""
        return self._toolbox.call("python", json.dumps({"code": code, "timeout": seconds}), "")

    def again(self, cell: Cell) -> Outcome:
        """Run a cell of the run again."""
        return self.run(cell.code, cell.seconds)


@contextmanager
def fresh(place: Place) -> Iterator[Session]:
    """Yield a fresh session with the run's rights; its processes are dead and its files gone when the block ends.

    Raises:
        FarsideError: the disk refuses, or what an earlier farside left of one cannot be killed.
    """
    workspace, scratch = place.folder.path.resolve() / "rerun", place.folder.scratch.resolve() / "rerun"
    scratch.mkdir(parents=True, exist_ok=True)
    prove_dead(scratch)
    shutil.rmtree(workspace, ignore_errors=True)
    _fill(place, workspace)
    confinement = confined(workspace, scratch, net=place.settings.net, private=private())
    toolbox = SandboxedToolbox(place.layer, confinement, place.host)
    try:
        yield Session(toolbox)
    finally:
        toolbox.close()
        shutil.rmtree(workspace, ignore_errors=True)


def _fill(place: Place, workspace: Path) -> None:
    """Write the first snapshot out; without snapshots the folder is empty."""
    journal = Journal(place.folder.journal, read_only=True)
    try:
        first = next((entry.event for entry in journal.entries() if isinstance(entry.event, ev.Snapshotted)), None)
    finally:
        journal.close()
    workspace.mkdir(parents=True, exist_ok=True)
    if first is not None:
        with Store(place.folder.snapshots) as store:
            write_out(store, first.tree, workspace, lambda count: None)
