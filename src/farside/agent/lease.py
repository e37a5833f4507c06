"""The lease: one process works on a run at a time. The kernel gives it up when that process dies."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from farside.errors import FarsideError

MOMENT_S = 0.02
MOMENTS = 10
"""How often a lock or a signature is waited for, a moment each."""


class Lease:
    """An exclusive lock on a run, held until close or death.

    Raises:
        FarsideError: another process holds it, or its file cannot be written.
    """

    def __init__(self, path: Path, run_id: str) -> None:
        try:
            self._file = path.open("ab", buffering=0)
            self._sign(path, run_id)
        except OSError as error:
            raise FarsideError(
                f"Run {run_id} cannot be worked on: {path} cannot be written ({error.strerror}).",
                "Make room there, or change its rights, and try again; nothing was changed.",
            ) from error

    def _sign(self, path: Path, run_id: str) -> None:
        if not _locked(self._file):
            owner = holder(path)
            self._file.close()
            raise FarsideError(
                f"Run {run_id} is already being worked on by process {owner}.",
                f"`farside say {run_id} TEXT` talks to it, `farside stop {run_id}` stops it.",
            )
        self._file.truncate(0)
        self._file.write(str(os.getpid()).encode())

    def close(self) -> None:
        """Give the lease up. May be called twice."""
        self._file.close()


def _locked(file: IO[bytes]) -> bool:
    """Lock the file; who only looks at it holds it for an instant, so a refusal is tried again for a moment."""
    for _ in range(MOMENTS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(MOMENT_S)
        else:
            return True
    return False


def holder(path: Path) -> int | None:
    """Return the process that holds the lease, or None when nobody does."""
    if not path.exists():
        return None
    with path.open() as file:
        for _ in range(MOMENTS):
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                if pid := file.read():
                    return int(pid)
                time.sleep(MOMENT_S)  # locked a moment ago, not signed yet
            else:
                return None
    return None


def stop_holder(path: Path, grace_s: float = 15.0) -> int | None:
    """Ask the lease's holder to pause, kill it when it does not, and return its pid once it is verified gone.

    None when nobody holds the lease.
    """
    pid = holder(path)
    if not pid:
        return None
    _send(pid, signal.SIGINT)
    deadline = time.monotonic() + grace_s
    while holder(path) == pid or _is_alive(pid):
        if time.monotonic() > deadline:
            _send(pid, signal.SIGKILL)
        time.sleep(MOMENT_S)
    return pid


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it ended by itself a moment ago
        os.kill(pid, number)


def _is_alive(pid: int) -> bool:
    """Tell whether the process exists and is more than an exit code that waits for its parent."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
