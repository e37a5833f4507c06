"""Killing processes until none is left, also those that left their process group."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Collection

from farside.tools import processes

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


class Unkillable(Exception):
    """Some processes are still alive after the time allowed."""


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies, so that a sweep finds it."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def sweep(spare: Collection[int] = (), seconds: float = 10.0) -> int:
    """Kill what descends from this process but for those in `spare` and their descendants; wait until it is gone.

    Returns how many there were.

    Raises:
        Unkillable: something still runs after `seconds`.
    """
    until = time.monotonic() + seconds
    stopped: set[int] = set()
    while left := [process for process in processes.descendants(os.getpid(), spare) if not _reaped(process)]:
        if time.monotonic() > until:
            raise Unkillable(f"{len(left)} processes")
        fresh = {process.pid for process in left} - stopped
        for pid in fresh or stopped:  # all stand still before the first is killed: what forks cannot outrun us
            kill(pid, signal.SIGSTOP if fresh else signal.SIGKILL)
        stopped |= fresh
        if not fresh:
            time.sleep(0.001)
    return len(stopped)


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Signal a process and its process group (at once, so that no fork escapes), unless that is our own."""
    with contextlib.suppress(ProcessLookupError):
        group = os.getpgid(pid)
        if group != os.getpgrp():
            os.killpg(group, number)
        os.kill(pid, number)


def _reaped(process: processes.Process) -> bool:
    """Whether it is gone but for its entry: a zombie that is not our child is its parent's to reap."""
    if process.state not in "ZX":
        return False
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    return True
