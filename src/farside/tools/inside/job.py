"""A job: one process of its own whose output is collected until it ends or its time is over."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import signal
import socket
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from farside.tools import processes
from farside.tools.inside.capture import Capture
from farside.tools.inside.sweep import die_with_parent, kill, sweep

PIPE = 2**20


class BadCommand(ValueError):
    """A command that cannot be an argument of a program."""


class HostGone(Exception):
    """farside itself has died: everything here has to end."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended."""

    output: bytes
    code: int
    """Exit code, or minus the signal."""
    timed_out: bool
    left: int
    """How many processes it left behind, which were killed."""


def fork(work: Callable[[], int]) -> tuple[int, int]:
    """Start `work` in a child with a session of its own; return its pid and the pipe of its output."""
    reader, writer = _wide_pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    code = 70
    try:
        os.setsid()
        die_with_parent()
        os.dup2(writer, 1)
        os.dup2(writer, 2)
        code = work()
    except BaseException:  # noqa: BLE001 - the child must not return into the parent's code, whatever happens
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _wide_pipe() -> tuple[int, int]:
    """Return a pipe that takes much before its writer has to wait for us."""
    reader, writer = os.pipe()
    with contextlib.suppress(PermissionError):  # the user's share of pipe memory is used up: a plain one serves
        fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, PIPE)
    return reader, writer


def spawn_shell(command: str) -> tuple[int, int]:
    """Start `command` in a shell with a session of its own; return its pid and the pipe of its output.

    Raises:
        BadCommand: it holds what no argument can (a NUL, half a character), or is too long.
        OSError: there is no room for another process.
    """
    shell = "/bin/bash" if os.access("/bin/bash", os.X_OK) else "/bin/sh"
    reader, writer = _wide_pipe()
    try:
        pid = os.posix_spawn(
            shell,
            [shell, "-c", command],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, writer, 1),
                (os.POSIX_SPAWN_DUP2, writer, 2),
            ],
            setsid=True,
            setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
        )
    except (ValueError, OSError) as error:
        os.close(reader)
        if isinstance(error, ValueError) or error.errno == errno.E2BIG:
            raise BadCommand(str(error)) from error
        raise
    finally:
        os.close(writer)
    return pid, reader


def collect(
    job: tuple[int, int], seconds: float, limit: int, spare: set[int], host: socket.socket | None = None
) -> Ended:
    """Wait for a job, kill what it leaves behind (all but `spare`), and return its output.

    Raises:
        HostGone: `host` was closed meanwhile.
        Unkillable: something of the job survived.
    """
    pid, pipe = job
    capture = Capture(limit)
    try:
        timed_out = not _watch(pid, pipe, capture, time.monotonic() + seconds, host)
        if timed_out:
            kill(pid)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        left = sweep(spare)
        os.set_blocking(pipe, False)
        capture.drain(pipe)
    except BaseException:  # an interrupt, or the host is gone: nothing of the job may stay
        kill(pid)
        sweep(spare)
        raise
    finally:
        os.close(pipe)
    return Ended(capture.take(), code, timed_out, left)


def _watch(pid: int, pipe: int, capture: Capture, until: float, host: socket.socket | None) -> bool:
    """Collect output until the process ends; False when the time is over first."""
    process = os.pidfd_open(pid)
    poll = select.poll()
    for descriptor in (process, pipe, *([host.fileno()] if host else [])):
        poll.register(descriptor, select.POLLIN)
    try:
        while (remaining := until - time.monotonic()) > 0:
            ready = {descriptor for descriptor, _ in poll.poll(remaining * 1000)}
            if host and host.fileno() in ready:
                raise HostGone
            if pipe in ready and not capture.read(pipe):
                poll.unregister(pipe)
            if process in ready:
                return True
        return False
    finally:
        os.close(process)


def run_shell(command: str, seconds: float, limit: int, spare: set[int]) -> Ended:
    """Run a command to its end; what it left in the background is killed."""
    return collect(spawn_shell(command), seconds, limit, spare)


def shell_text(ended: Ended, seconds: float) -> str:
    """Return a shell's output with a line that says how it ended, where that is not plain success."""
    text = ended.output.decode(errors="replace")
    if ended.timed_out:
        how = f"stopped: it ran longer than its {seconds:g} s"
    elif ended.code < 0:
        how = f"killed by {signal.Signals(-ended.code).name}"
    else:
        how = f"exit code {ended.code}"
    notes = [f"[{how}]"] * (ended.code != 0 or ended.timed_out)
    if ended.left and not ended.timed_out:
        notes.append(f"[{ended.left} left in the background: killed]")
    return "\n".join(part for part in (text.rstrip("\n"), *notes) if part) if notes else text


def alive() -> set[int]:
    """Return the pids that descend from this process now: what a later sweep spares."""
    return {process.pid for process in processes.descendants(os.getpid())}
