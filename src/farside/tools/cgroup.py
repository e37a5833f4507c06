"""Control groups, which bound memory and processes for root too, where farside may make them."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from farside.tools.sandbox import Limits

MOUNT = Path("/sys/fs/cgroup")
STALE = 60.0
"""Seconds after which an empty group is nobody's: between its making and its first process lie milliseconds."""


@dataclass(frozen=True, slots=True)
class Cgroup:
    """The folders of one sandbox's group: one in version 2, one for each controller in version 1."""

    folders: tuple[Path, ...]

    def joining(self, command: Sequence[str]) -> list[str]:
        """Return the command that enters the group and becomes `command`: nothing of it ever runs outside."""
        joins = "".join(f'echo $$ > "{folder}/cgroup.procs" && ' for folder in self.folders)
        return ["/bin/sh", "-c", f'{joins}exec "$@"', "sh", *command]

    def refusals(self) -> tuple[int, int]:
        """Return how often a process was refused and how often one was killed for memory, since the start."""
        return self._count("pids.events", "max"), sum(
            self._count(name, "oom_kill") for name in ("memory.events", "memory.oom_control")
        )

    def _count(self, name: str, key: str) -> int:
        lines = [line for folder in self.folders if (folder / name).exists() for line in _lines(folder / name)]
        return sum(int(line.split()[1]) for line in lines if line.startswith(f"{key} "))

    def pids(self) -> set[int]:
        """Return the processes in the group."""
        return {int(line) for folder in self.folders for line in _lines(folder / "cgroup.procs")}

    def kill(self) -> None:
        """Kill every process in the group, once."""
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def remove(self, until: float) -> bool:
        """Remove the empty group; False when the kernel still holds it at `until` (time.monotonic())."""
        left = list(self.folders)
        while left := [folder for folder in left if not _removed(folder)]:
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        return True


def _lines(file: Path) -> list[str]:
    with contextlib.suppress(FileNotFoundError, OSError):  # the group is gone: it holds nothing
        return file.read_text().splitlines()
    return []


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:  # EBUSY: the last processes are still being taken down
        return False
    return True


def make(name: str, limits: Limits, mount: Path = MOUNT) -> Cgroup | None:
    """Make a group that bounds processes and memory, or return None where farside may not."""
    try:
        unified = (mount / "cgroup.controllers").exists()
        folders = _version_2(name, limits, mount) if unified else _version_1(name, limits, mount)
    except OSError:  # read-only, not ours, or without the controllers: the other limits have to do
        return None
    for folder in folders:
        _clear(folder.parent)
    return Cgroup(folders)


def _clear(parent: Path) -> None:
    """Remove the empty groups of runs that were killed and never resumed; a group in use cannot be removed."""
    for folder in parent.glob("farside-*"):
        with contextlib.suppress(OSError):  # in use, or somebody else was faster
            if time.time() - folder.stat().st_mtime > STALE:
                folder.rmdir()


def _version_2(name: str, limits: Limits, mount: Path) -> tuple[Path, ...]:
    switch = mount / "cgroup.subtree_control"
    if not {"pids", "memory"} <= set(switch.read_text().split()):
        switch.write_text("+pids +memory")
    folder = mount / name
    folder.mkdir()
    _set(folder, "pids.max", limits.processes)
    _set(folder, "memory.max", limits.memory)
    if (folder / "memory.swap.max").exists():
        _set(folder, "memory.swap.max", 0)
    return (folder,)


def _version_1(name: str, limits: Limits, mount: Path) -> tuple[Path, ...]:
    pids, memory = (_own_folder(mount, controller) / name for controller in ("pids", "memory"))
    pids.mkdir()
    _set(pids, "pids.max", limits.processes)
    try:
        memory.mkdir()
        _set(memory, "memory.limit_in_bytes", limits.memory)
    except OSError:
        pids.rmdir()
        raise
    return pids, memory


def _own_folder(mount: Path, controller: str) -> Path:
    """Return where this process itself is, below a version 1 controller."""
    rows = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    own = next((path for _, names, path in rows if controller in names.split(",")), "/")
    folder = mount / controller / own.lstrip("/")
    return folder if folder.is_dir() else mount / controller


def _set(folder: Path, name: str, value: int) -> None:
    (folder / name).write_text(str(value))
