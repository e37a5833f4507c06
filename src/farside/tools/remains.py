"""What is left of a sandbox: written down when it starts, killed and proved dead when it ends or a run resumes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from farside.errors import FarsideError
from farside.tools import processes
from farside.tools.cgroup import Cgroup

FILE = "sandbox.json"


@dataclass(frozen=True, slots=True)
class Remains:
    """How to recognise every process of one sandbox, also after farside has died."""

    boot: str
    """Of which start of the machine the pids are."""
    token: str
    """Stands in the environment of its processes as FARSIDE_SANDBOX."""
    known: tuple[tuple[int, int], ...]
    """Pid and start time of its first processes: a pid alone may belong to somebody else by now."""
    cgroup: tuple[str, ...]

    def alive(self) -> set[int]:
        """Return the pids that still run."""
        named = {pid for pid, started in self.known if _runs(pid, started)}
        grouped = Cgroup(tuple(map(Path, self.cgroup))).pids()
        return named | grouped | _marked(self.token)

    def end(self, until: float) -> set[int]:
        """Kill everything and remove the cgroup; return the pids that still run at `until` (time.monotonic())."""
        for pid, started in self.known:  # the first process of a pid namespace takes all others with it
            if _runs(pid, started):
                _signal(pid, signal.SIGKILL)
        stopped: set[int] = set()
        while left := self.alive():
            if time.monotonic() > until:
                return left
            fresh = left - stopped
            for pid in fresh or left:  # all stand still before the first is killed: what forks cannot outrun us
                _signal(pid, signal.SIGSTOP if fresh else signal.SIGKILL)
            stopped |= fresh
            time.sleep(0 if fresh else 0.002)
        Cgroup(tuple(map(Path, self.cgroup))).remove(until)
        return set()


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _runs(pid: int, started: int) -> bool:
    process = processes.look(pid)
    return process is not None and process.started == started and process.state not in "ZX"


def _marked(token: str) -> set[int]:
    mark = f"FARSIDE_SANDBOX={token}".encode()
    found = set()
    for process in processes.everything():
        with contextlib.suppress(OSError):  # somebody else's, or gone
            if mark in Path(f"/proc/{process.pid}/environ").read_bytes() and process.state not in "ZX":
                found.add(process.pid)
    return found


def boot() -> str:
    """Return the identity of this start of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def describe(root: int, token: str, cgroup: Cgroup | None, *, with_descendants: bool = False) -> Remains:
    """Return what to remember of the sandbox whose first process is `root`."""
    first = processes.look(root)
    known = [*([first] if first else []), *(processes.descendants(root) if with_descendants else [])]
    folders = cgroup.folders if cgroup else ()
    pairs = tuple((process.pid, process.started) for process in known)
    return Remains(boot(), token, pairs, tuple(map(str, folders)))


def record(remains: Remains, scratch: Path) -> None:
    """Write it down, in one step."""
    draft = scratch / f"{FILE}.new"
    draft.write_text(json.dumps(asdict(remains)))
    draft.replace(scratch / FILE)


def _read(file: Path) -> Remains | None:
    try:
        data = json.loads(file.read_text())
    except ValueError:  # it is written in one step: only the machine's own death tears it, and that killed all
        return None
    known = tuple((int(pid), int(started)) for pid, started in data["known"])
    return Remains(data["boot"], data["token"], known, tuple(data["cgroup"]))


def prove_dead(scratch: Path, timeout: float = 10.0) -> None:
    """Kill what an earlier farside left of the sandbox of this run, and return when it is verified gone.

    Raises:
        FarsideError: a process of it cannot be killed; the message names it.
    """
    file = scratch / FILE
    if not file.exists():
        return
    remains = _read(file)
    left = remains.end(time.monotonic() + timeout) if remains and remains.boot == boot() else set()
    if left:
        pids = ", ".join(map(str, sorted(left)))
        raise FarsideError(
            f"The sandbox of the earlier run is still alive (process {pids}).", f"End it with: kill -9 {pids}"
        )
    file.unlink()
