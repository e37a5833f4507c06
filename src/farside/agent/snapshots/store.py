"""The objects of a run's snapshots: a git repository that grows by a pack a snapshot.

No lock is ever left behind: a pack has its name once it is whole, and what a killed process leaves is removed by the
next one that writes. A reader needs nothing but the right to read.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from farside.agent.snapshots.pack import Draft, Kind, object_name, read_index, read_object, sync_folder
from farside.errors import FarsideError

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The tree of an empty folder, which git knows without being told."""
CONFIG = """\
# The snapshots of a farside run. Look inside with: git --git-dir=FOLDER ls-tree -r TREE
[core]
\trepositoryformatversion = 0
\tbare = true
[gc]
\tauto = 0
\tpruneExpire = never
[pack]
\tdepth = 0
\twindow = 0
"""


class Store:
    """The objects, by name. As a context manager it closes what reading has opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._packs = folder / "objects" / "pack"
        self._places: dict[str, tuple[Path, int]] | None = None
        self._open: tuple[Path, IO[bytes]] | None = None

    def __contains__(self, name: object) -> bool:
        """Tell whether an object is on disk."""
        return name == EMPTY_TREE or name in self._known()

    def read(self, name: str) -> bytes:
        """Return the content of an object that fits into memory.

        Raises:
            FarsideError: it is not there, or damaged.
        """
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content of an object piece by piece; only the end of it proves that it is whole.

        Raises:
            FarsideError: it is not there, or damaged.
        """
        if name == EMPTY_TREE:
            return
        try:
            pack, offset = self._known()[name]
            yield from read_object(self._opened(pack), offset, name)
        except (OSError, ValueError, LookupError) as error:
            raise FarsideError(
                f"The snapshots in {self.folder} are damaged ({_told(error)}).",
                "Restore that folder from a backup, or choose another step.",
            ) from error

    def __enter__(self) -> Store:
        """Open nothing yet."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close what reading has opened."""
        self._shut()

    def _shut(self) -> None:
        if self._open:
            self._open[1].close()
            self._open = None

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Give a place to add objects; they are on disk, all of them or none, when the block ends well.

        Only the process that holds the run's lease may write.

        Raises:
            OSError: the disk refuses.
        """
        self._prepare()
        writer = Writer(self)
        try:
            yield writer
            if index := writer.finish():
                self._known().update(_places(index))
        finally:
            writer.discard()

    def _prepare(self) -> None:
        """Make the folder a repository, and remove what a killed process left."""
        self._packs.mkdir(parents=True, exist_ok=True)
        (self.folder / "refs").mkdir(exist_ok=True)
        for name, text in (("config", CONFIG), ("HEAD", "ref: refs/heads/none\n")):
            if not (self.folder / name).exists():
                (self.folder / name).write_text(text)
        for left in self._packs.glob("tmp_*"):
            left.unlink()

    def share(self, folder: Path) -> None:
        """Make a store in `folder` that has all objects of this one; where that can be, the files are the same."""
        other = Store(folder)
        other._prepare()
        for index in sorted(self._packs.glob("*.idx")):
            for file in (index.with_suffix(".pack"), index):
                linked(file, other._packs / file.name)
        sync_folder(other._packs)

    def _known(self) -> dict[str, tuple[Path, int]]:
        if self._places is None:
            self._places = {}
            for index in self._packs.glob("*.idx"):
                self._places.update(_places(index))
        return self._places

    def _opened(self, pack: Path) -> IO[bytes]:
        """Return the pack's file; objects that are read in a row mostly lie in one pack."""
        if not self._open or self._open[0] != pack:
            self._shut()
            self._open = (pack, pack.open("rb"))
        return self._open[1]


class Writer:
    """Adds objects to a store; what is there already is not written again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._packs = store.folder / "objects" / "pack"
        self._draft: Draft | None = None

    def add(self, kind: Kind, content: bytes) -> str:
        """Add an object that fits into memory; return its name."""
        name = object_name(kind, content)
        if name not in self._store and not (self._draft and name in self._draft):
            self._begun().add(kind, name, content)
        return name

    def add_large(self, source: IO[bytes], size: int) -> str | None:
        """Add a blob of the next `size` bytes of a file; return its name, or None when it has fewer."""
        return self._begun().add_large(source, size, self._store)

    def finish(self) -> Path | None:
        """Put what was added on disk; return its index, or None when nothing was."""
        return self._draft.finish() if self._draft else None

    def discard(self) -> None:
        """Remove what is not finished."""
        if self._draft:
            self._draft.discard()

    def _begun(self) -> Draft:
        self._draft = self._draft or Draft(self._packs)
        return self._draft


def linked(source: Path, target: Path) -> None:
    """Give a file that never changes a second name; copy it where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)


def _places(index: Path) -> dict[str, tuple[Path, int]]:
    pack = index.with_suffix(".pack")
    return {name: (pack, offset) for name, offset in read_index(index).items()}


def _told(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"object {error.args[0]} is missing"
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
