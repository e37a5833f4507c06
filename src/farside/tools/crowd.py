"""Counting a sandbox's processes from outside: for root without cgroups, whom RLIMIT_NPROC does not bind."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

from farside.tools import processes

EVERY = 0.02
"""Seconds between two looks: a fork bomb makes some hundred processes in that time."""


class Crowd(threading.Thread):
    """Calls `disperse` once more than `limit` processes descend from `root`."""

    def __init__(self, root: int, limit: int, disperse: Callable[[], object]) -> None:
        super().__init__(daemon=True, name="farside-crowd")
        self._root = root
        self._limit = limit
        self._disperse = disperse
        self._over = threading.Event()
        self.exceeded = False

    def run(self) -> None:
        """Look at the machine's task count, which is cheap, and count exactly when it has risen enough."""
        with contextlib.suppress(PermissionError):  # in line behind a thousand processes we would look too late
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        calm = _tasks() + self._limit // 2
        while not self._over.wait(EVERY):
            if _tasks() <= calm:
                continue
            if len(processes.descendants(self._root)) > self._limit:
                self.exceeded = True
                self._disperse()
                return

    def dismiss(self) -> None:
        """Stop looking."""
        self._over.set()
        if threading.current_thread() is not self:
            self.join()


def _tasks() -> int:
    """Return how many tasks there are on the whole machine."""
    return int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
