"""Takes a run up and dies by SIGKILL once EVENT events or STEPS steps are on disk: `mortal.py RUN EVENT STEPS`."""

from __future__ import annotations

import os
import signal
import sys

from farside.agent.home import find_run
from farside.agent.journal import Entry
from farside.agent.state import RunState
from farside.agent.take_up import taken_up
from farside.cli.crew import Stage
from farside.cli.scene import Scene
from farside.messages import Part


class Mortal:
    """A view that kills its own process."""

    def __init__(self, last: int, steps: int) -> None:
        self._last = last
        self._steps = steps

    def set(self, scene: Scene) -> None:
        """Nothing to show."""

    def event(self, entry: Entry, state: RunState) -> None:
        """Die when the event or the step has come."""
        if entry.seq >= self._last or state.steps >= self._steps:
            os.kill(os.getpid(), signal.SIGKILL)

    def part(self, part: Part) -> None:
        """Nothing to show."""

    def notice(self, sentence: str) -> None:
        """Nothing to show."""

    def close(self) -> None:
        """Nothing to close."""


if __name__ == "__main__":
    folder = find_run(sys.argv[1])
    stage = Stage(Scene(folder.id), Mortal(int(sys.argv[2]), int(sys.argv[3])))
    with taken_up(folder, stage.crew(), stage.view) as run:
        run.go()
