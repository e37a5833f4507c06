"""Folders as plain values: made from a dict, read back into one, so that a test compares whole folders."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from farside.agent.snapshots.restore import write_out
from farside.agent.snapshots.store import Store
from farside.agent.snapshots.taking import Snapshot, Snapshots

Folder = dict[str, bytes | str | None]
"""Paths with the bytes of a file, the target of a link (text), or None for a folder."""


def silent(told: object) -> None:
    """Say nothing."""


def build(root: Path, folder: Folder) -> None:
    for path, content in folder.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            target.mkdir()
        elif isinstance(content, str):
            target.symlink_to(content)
        else:
            target.write_bytes(content)


def found(root: Path) -> Folder:
    """Return what is in a folder."""
    folder: Folder = {}
    for path in sorted(root.rglob("*")):
        name, mode = str(path.relative_to(root)), path.lstat().st_mode
        if stat.S_ISLNK(mode):
            folder[name] = os.readlink(path)  # noqa: PTH115
        elif stat.S_ISDIR(mode):
            folder[name] = None
        else:
            folder[name] = path.read_bytes()
    return folder


class Place:
    """A workspace and the snapshots of it."""

    def __init__(self, base: Path, folder: Folder | None = None) -> None:
        self.work = base / "work"
        self.store = base / "snapshots"
        self.work.mkdir(exist_ok=True)
        build(self.work, folder or {})
        self.snapshots = Snapshots(self.store, self.work, ())
        self._base = base

    def take(self) -> Snapshot:
        return self.snapshots.take(silent)

    def write_out(self, tree: str, target: Path, written: Callable[[int], None] = silent) -> int:
        with Store(self.store) as store:
            return write_out(store, tree, target, written)

    def restored(self, tree: str) -> Folder:
        """Return what a snapshot holds, by writing it out."""
        target = self._base / f"out-{tree[:12]}"
        if not target.exists():
            self.write_out(tree, target)
        return found(target)
