"""The lease: one process works on a run at a time. The kernel gives it up when that process dies."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from pathlib import Path

from farside.errors import FarsideError


class Lease:
    """An exclusive lock on a run, held until close or death."""

    def __init__(self, path: Path, run_id: str) -> None:
        self._file = path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = holder(path)
            self._file.close()
            raise FarsideError(
                f"Run {run_id} is already being worked on by process {owner}.",
                f"`farside say {run_id} TEXT` talks to it, `farside stop {run_id}` stops it.",
            ) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def close(self) -> None:
        """Give the lease up. May be called twice."""
        self._file.close()


def holder(path: Path) -> int | None:
    """Return the process that holds the lease, or None when nobody does."""
    if not path.exists():
        return None
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            return int(file.read() or 0)
    return None


def stop_holder(path: Path, grace_s: float = 15.0) -> int | None:
    """Ask the lease's holder to pause, kill it when it does not, and return its pid once it is verified gone.

    None when nobody holds the lease.
    """
    pid = holder(path)
    if not pid:
        return None
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + grace_s
    while holder(path) == pid:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    return pid
