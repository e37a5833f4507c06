"""What /proc says of processes: who descends from whom, and whether a process is still the one it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """One line of /proc/PID/stat, as far as it matters here."""

    pid: int
    parent: int
    session: int
    state: str
    threads: int
    started: int
    """Clock ticks since boot: with the pid it names a process for good, since pids are used again."""


def look(pid: int) -> Process | None:
    """Return the process, or None when there is none of that pid."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    fields = text.rpartition(")")[2].split()
    return Process(pid, int(fields[1]), int(fields[3]), fields[0], int(fields[17]), int(fields[19]))


def everything() -> list[Process]:
    """Return every process that /proc shows."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [process for process in map(look, pids) if process is not None]


def tasks_of(user: int) -> int:
    """Return how many threads the processes of a user have, as RLIMIT_NPROC counts them."""
    return sum(process.threads for process in everything() if _owner(process.pid) == user)


def _owner(pid: int) -> int | None:
    try:
        return Path(f"/proc/{pid}").stat().st_uid
    except FileNotFoundError:
        return None


def descendants(root: int, spare: Collection[int] = ()) -> list[Process]:
    """Return the children of `root`, theirs and so on, without those in `spare` and what descends from them."""
    children: dict[int, list[Process]] = defaultdict(list)
    for process in everything():
        children[process.parent].append(process)
    found: list[Process] = []
    queue = [root]
    while queue:
        next_ones = [process for process in children[queue.pop()] if process.pid not in spare]
        found += next_ones
        queue += [process.pid for process in next_ones]
    return found
