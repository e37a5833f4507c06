"""When a training puts its state on disk: so often that a kill costs a minute at most."""

from __future__ import annotations

from pathlib import Path

import torch

from farside.train import processes
from farside.train.state import State

SAVE_EVERY_S = 60.0


class Keeper:
    """Keeps the state of a stage in a file. Times are seconds of one clock."""

    def __init__(self, path: Path, now: float) -> None:
        """`now`: when what is on disk already is what is trained."""
        self._path, self._complete, self._began = path, now, now

    def keep(self, state: State, began: float, now: float) -> None:
        """Keep a state that was complete when a step `began`, if it would be too old at this point of the next."""
        step, self._began = began - self._began, began
        if float(processes.largest(torch.tensor(now - self._complete + step))) > SAVE_EVERY_S:
            state.save(self._path)
            self._complete = began
