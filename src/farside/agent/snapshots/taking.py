"""Taking a snapshot of a run's workspace: as little work as what changed since the last one."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farside.agent.snapshots.bounds import Bounds, TooMuch
from farside.agent.snapshots.glance import Glance
from farside.agent.snapshots.memory import Memory, load, save
from farside.agent.snapshots.store import Store
from farside.agent.well_formed import well_formed
from farside.errors import FarsideError

if TYPE_CHECKING:
    from farside.agent.snapshots.capture import Capture

SAVE_AFTER = 500
"""Files read since the memory was last written down, after which it is written down again."""
TELL_EVERY_S = 1.0
NAMED = 10
"""Names that are left out are listed up to this many."""
LONGEST = 200
"""Characters of a path, at its end, that are told."""


class CannotKeep(FarsideError):
    """No snapshot can be taken; the message says why and fits behind a colon."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The workspace at one moment."""

    tree: str
    """Name of the git tree in the run's store."""
    files: int
    size: int
    """Bytes of all files."""
    left_out: tuple[str, ...]
    """What the snapshot does not hold, each with the reason."""


class Snapshots:
    """Keeps the files of one workspace. Only the process that holds the run's lease may have one."""

    def __init__(self, folder: Path, workspace: Path, private: Iterable[Path], bounds: Bounds | None = None) -> None:
        self._store = Store(folder)
        self._file = folder / "seen"
        self._workspace = workspace
        self._hidden = _within(workspace.resolve(), private)
        self._bounds = bounds or Bounds()
        self._glance = Glance(ctypes.CDLL(None))
        self._memory: Memory | None = None
        self._read = 0
        """Files read since the memory was written down."""

    def take(self, tell: Callable[[str], None]) -> Snapshot:
        """Keep the files as they are now; on disk before return. What takes long is told.

        Raises:
            CannotKeep: there is too much, or the folder or the disk refuses.
        """
        from farside.agent.snapshots.capture import Capture  # a resumed run often asks before it looks at files

        try:
            if self._memory is None:
                self._memory = self._recalled()
            with self._store.writing() as writer:
                look = Capture(
                    self._workspace, writer, self._memory, self._hidden, self._bounds, _Teller(tell), self._glance
                )
                tree = look.run()
            self._remember(look)
        except TooMuch as error:
            raise CannotKeep(str(error)) from None
        except OSError as error:
            what = f" {_ended(str(error.filename))}" if error.filename else ""
            raise CannotKeep(f"the system refuses{what} ({error.strerror})") from error
        return Snapshot(tree, look.files, look.size, _named(look.left_out))

    def _recalled(self) -> Memory:
        """Return what was seen before; a folder seen for the first time is measured before it is read."""
        memory = load(self._file)
        if memory and all(seen.tree in self._store for seen in memory.values()):
            return memory
        self._bounds.measure(self._workspace, self._hidden)
        return {}

    def _remember(self, look: Capture) -> None:
        self._memory = look.after
        self._read += look.read
        if self._read >= SAVE_AFTER:
            save(look.after, self._file)
            self._read = 0


class _Teller:
    """Tells how far it is, once a second."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._next = time.monotonic() + TELL_EVERY_S

    def __call__(self, files: int) -> None:
        if (now := time.monotonic()) >= self._next:
            self._next = now + TELL_EVERY_S
            self._tell(f"keeping a snapshot of the folder: at file {files:,}")


def _within(workspace: Path, private: Iterable[Path]) -> dict[str, frozenset[str]]:
    """Return the names in the workspace that are farside's own or hold keys, by the path of their folder."""
    names: dict[str, set[str]] = {}
    for path in (path.resolve() for path in private):
        if path != workspace and path.is_relative_to(workspace):
            folder = os.fspath(path.parent.relative_to(workspace))
            names.setdefault("" if folder == "." else folder, set()).add(path.name)
    return {folder: frozenset(found) for folder, found in names.items()}


def _named(left_out: list[str]) -> tuple[str, ...]:
    names = [well_formed(_ended(line)) for line in left_out[:NAMED]]
    more = [f"and {len(left_out) - NAMED:,} more"] if len(left_out) > NAMED else []
    return (*names, *more)


def _ended(path: str) -> str:
    """Return the end of a path that is too long to be told."""
    return path if len(path) <= LONGEST else f"…{path[-LONGEST:]}"
