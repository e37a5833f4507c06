"""One task, run by farside itself: its loop, its tools in the sandbox, its journal on disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from farside.agent.events import Budget, Settings
from farside.agent.home import RunFolder, private
from farside.agent.read_only import MEMORY
from farside.agent.state import RunState
from farside.agent.take_up import Crew, create, taken_up
from farside.agent.watcher import Nobody
from farside.missions.general import General
from farside.models.base import Model
from farside.tools.base import Host
from farside.tools.toolbox import SandboxedToolbox, open_toolbox
from farside.train.tasks.task import Task

SPARE = 10
"""Steps that a run may take beyond twice those of the teacher."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a run of a task ended."""

    state: RunState
    right: bool
    """By execution: the answer, or what was left in the folder, is what the task asks for."""

    @property
    def answer(self) -> str:
        """What the run answered; "" where it did not finish."""
        return self.state.answer if self.state.status == "finished" else ""


def run(
    task: Task, model: Callable[[], Model], name: str, context: str = "keep-latest", seed: int | None = None
) -> Done:
    """Lay a task's files out in a fresh folder and run its goal with a model; nothing is left behind.

    FARSIDE_HOME says where the journal lies meanwhile.

    Raises:
        FarsideError: there is no sandbox, or the disk refuses.
    """
    with tempfile.TemporaryDirectory(prefix="farside-task-") as workspace:
        task.write(Path(workspace))
        budget = Budget(max_steps=2 * task.steps + SPARE)
        settings = Settings(name, workspace=workspace, budget=budget, context=context, seed=seed)
        crew = Crew(lambda _: model(), _toolbox, lambda _: General())
        with taken_up(create(task.goal, settings), crew, Nobody()) as it:
            state = it.go()
        finished = state.status == "finished"
        return Done(state, finished and task.is_right(state.answer, Path(workspace)))


@contextmanager
def home() -> Iterator[None]:
    """Keep the journals of this process in a folder of its own, in memory where there is such a place."""
    before = os.environ.get("FARSIDE_HOME")
    with tempfile.TemporaryDirectory(
        prefix="farside-home-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None
    ) as own:
        os.environ["FARSIDE_HOME"] = own
        try:
            yield
        finally:
            os.environ.pop("FARSIDE_HOME")
            if before is not None:
                os.environ["FARSIDE_HOME"] = before


def _toolbox(settings: Settings, folder: RunFolder, host: Host) -> SandboxedToolbox:
    return open_toolbox(Path(settings.workspace), folder.scratch, net=False, host=host, private=private())
