"""Looking through a folder and keeping what is in it, as git trees.

The agent's own processes may go on changing the folder meanwhile. So nothing is opened through a symbolic link: what
lies outside the folder can never get into a snapshot.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from errno import ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, ENXIO
from pathlib import Path
from stat import S_ISLNK, S_ISREG, S_IXUSR
from typing import IO

from farside.agent.snapshots.bounds import Bounds, Hidden
from farside.agent.snapshots.glance import NOTHING, UNLIKE, Glance, parts
from farside.agent.snapshots.memory import FileRow, Memory, Seen, Signature, signed
from farside.agent.snapshots.store import Writer
from farside.agent.snapshots.tree import FILE, FOLDER, LINK, PROGRAM, encoded

LARGE = 1 << 20
"""Bytes above which a file is not held in memory."""
DEEPEST = 200
"""Folders in each other that are followed."""
TRIES = 3
"""How often a large file that shrinks while it is read is begun anew."""
NOFOLLOW = os.O_NOFOLLOW | os.O_CLOEXEC
GONE = (ENOENT, ENOTDIR, ELOOP, ENXIO)
"""What opening says of a name that stood for a file a moment ago."""
UNSEEN: FileRow = ("", "", None)


@dataclass(slots=True)
class Capture:
    """One look through a folder. `run` does it; then the other fields say what was found."""

    root: Path
    writer: Writer
    before: Memory
    hidden: Hidden
    bounds: Bounds
    progress: Callable[[int], None]
    """Called with the number of files so far, after each one that had to be read."""
    glance: Glance
    after: Memory = field(default_factory=dict)
    files: int = 0
    size: int = 0
    left_out: list[str] = field(default_factory=list)
    read: int = 0
    """Files that had to be read."""
    _now: int = field(default_factory=time.time_ns)
    _root: int = -1
    _near: tuple[str, int] = ("", -1)
    """The folder whose files were opened last, and its handle."""

    def run(self) -> str:
        """Return the tree of the whole folder.

        Raises:
            TooMuch: it holds more than `bounds` allow.
            OSError: it is not there, or cannot be read; or the store cannot be written.
        """
        self._root = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            return self._folder("", 0)
        finally:
            self._leave()
            os.close(self._root)

    def _folder(self, path: str, depth: int) -> str:
        seen = self.before.get(path)
        answers = self.glance.at(self._root, seen.paths) if seen else b""
        if seen and answers and answers == seen.answers:  # nearly every folder, at every step
            now = seen
            self.files += len(seen.files)
            self.size += seen.size
        else:
            now = self._looked_through(path, seen, answers)
        self.bounds.check(self.files, self.size)
        trees = self._trees(f"{path}/" if path else "", now.folders, depth + 1) if now.folders else now.folders
        if now is not seen or trees != now.folders:
            now = replace(now, tree=self._tree(seen, now.files, trees), folders=trees)
        self.after[path] = now
        return now.tree

    def _tree(self, seen: Seen | None, files: dict[str, FileRow], trees: dict[str, str]) -> str:
        if seen and trees == seen.folders and files == seen.files:
            return seen.tree
        return self.writer.add("tree", encoded(_entries(files, trees)))

    def _trees(self, prefix: str, names: Iterable[str], depth: int) -> dict[str, str]:
        """Return the trees of folders that are still there; "" of one that is left out."""
        found = ((name, self._inner(prefix + name, depth)) for name in names)
        return {name: tree for name, tree in found if tree is not None}

    def _looked_through(self, path: str, seen: Seen | None, answers: bytes) -> Seen:
        """Look at a folder and its files one by one, and read what has changed. The folders in it have no tree yet.

        `answers` are what a glance at `seen.paths` brought before: they are kept for what has not changed since long.
        """
        signature = signed(os.lstat(path or ".", dir_fd=self._root), self._now)
        files, folders = self._names(path, seen, signature)
        before, prefix = self.size, f"{path}/" if path else ""
        told, same = _compared(seen, answers) if seen else ({}, frozenset())
        kept = self._kept(prefix, files, same)
        usable = [told.get("", UNLIKE) if signature else UNLIKE]
        usable += [told.get(name, UNLIKE) if row[2] else UNLIKE for name, row in kept.items()]
        paths = [os.fsencode(path or "."), *(os.fsencode(prefix + name) for name in kept)]
        return Seen(signature, seen.tree if seen else "", kept, folders, paths, b"".join(usable), self.size - before)

    def _names(
        self, path: str, seen: Seen | None, signature: Signature | None
    ) -> tuple[dict[str, FileRow], dict[str, str]]:
        """Return the files in a folder, with what is known of each, and the folders."""
        if seen is None or signature is None or seen.signature != signature or path in self.hidden:
            return self._listed(path, seen)
        return seen.files, seen.folders

    def _inner(self, path: str, depth: int) -> str | None:
        """Return the tree of a folder in the folder; None when it is gone, "" when it is left out."""
        try:
            if depth <= DEEPEST:
                return self._folder(path, depth)
            self._passed_over(path, "too many folders in each other")
        except PermissionError:
            self._passed_over(path, "it cannot be read")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno != ENAMETOOLONG:
                raise
            self._passed_over(path, "its path is too long")
        return ""

    def _listed(self, path: str, seen: Seen | None) -> tuple[dict[str, FileRow], dict[str, str]]:
        """Return the files in a folder, with what is known of each, and the folders."""
        known = seen.files if seen else {}
        hidden = self.hidden.get(path, frozenset())
        files: dict[str, FileRow] = {}
        folders: dict[str, str] = {}
        with os.scandir(self.root / path) as entries:
            for entry in entries:
                if entry.name in hidden:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders[entry.name] = ""
                else:
                    files[entry.name] = known.get(entry.name, UNSEEN)
        return files, folders

    def _kept(self, prefix: str, files: Mapping[str, FileRow], same: Container[str]) -> dict[str, FileRow]:
        """Return the files that are still there, as they are now; those that changed are read.

        Of those in `same` a glance has shown that they have not.
        """
        kept: dict[str, FileRow] = {}
        for name, row in files.items():
            if name in same and row[2]:
                size = row[2][1]
            else:
                try:
                    stat = os.lstat(prefix + name, dir_fd=self._root)
                except FileNotFoundError:
                    continue
                size = stat.st_size
                if row[2] != (stat.st_ino, size, stat.st_mtime_ns, stat.st_ctime_ns):
                    self.bounds.check(self.files + 1, self.size + size)
                    row = self._fresh(prefix + name, stat)
                    self.read += 1
                    self.progress(self.files + 1)
            kept[name] = row
            self.size += size
            self.files += 1
        return kept

    def _fresh(self, path: str, stat: os.stat_result) -> FileRow:
        """Keep a file that is new or has changed, or say why it is left out."""
        try:
            if S_ISLNK(stat.st_mode):
                target = os.readlink(os.fsencode(path.rpartition("/")[2]), dir_fd=self._enter(path))
                return LINK, self.writer.add("blob", target), signed(stat, self._now)
            file = self._opened(path) if S_ISREG(stat.st_mode) else None
        except PermissionError:
            return self._passed_over(path, "it cannot be read")
        except OSError as error:
            if error.errno not in GONE:
                raise
            return self._passed_over(path, "it changed while it was looked at")
        return self._content(path, file) if file else self._passed_over(path, "neither file, folder nor link")

    def _passed_over(self, path: str, why: str) -> FileRow:
        self.left_out.append(f"{path} ({why})")
        return "", why, None

    def _opened(self, path: str) -> IO[bytes]:
        name = path.rpartition("/")[2]
        handle = os.open(name, os.O_RDONLY | os.O_NONBLOCK | NOFOLLOW, dir_fd=self._enter(path))
        return open(handle, "rb", buffering=0)  # noqa: PTH123

    def _content(self, path: str, file: IO[bytes]) -> FileRow:
        with file:
            stat = os.fstat(file.fileno())
            signature, mode = signed(stat, self._now), PROGRAM if stat.st_mode & S_IXUSR else FILE
            if stat.st_size <= LARGE and S_ISREG(stat.st_mode):
                return mode, self.writer.add("blob", file.read(LARGE)), signature
            for _ in range(TRIES if S_ISREG(stat.st_mode) else 0):
                file.seek(0)
                if name := self.writer.add_large(file, os.fstat(file.fileno()).st_size):
                    return mode, name, signature
        return self._passed_over(path, "it changed while it was looked at")

    def _enter(self, path: str) -> int:
        """Return a handle of the folder that a file lies in, reached without following a link."""
        folder = path.rpartition("/")[0]
        if not folder:
            return self._root
        if self._near[0] != folder:
            self._leave()
            handle = os.dup(self._root)
            for part in folder.split("/"):
                try:
                    inner = os.open(part, os.O_PATH | os.O_DIRECTORY | NOFOLLOW, dir_fd=handle)
                finally:
                    os.close(handle)
                handle = inner
            self._near = (folder, handle)
        return self._near[1]

    def _leave(self) -> None:
        if self._near[1] >= 0:
            os.close(self._near[1])
        self._near = ("", -1)


def _entries(files: Mapping[str, FileRow], folders: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield name, mode and object of what is kept."""
    for name, (mode, held, _) in files.items():
        if mode:
            yield name, mode, held
    for name, tree in folders.items():
        if tree:
            yield name, FOLDER, tree


def _compared(seen: Seen, answers: bytes) -> tuple[dict[str, bytes], set[str]]:
    """Return what a glance told of the folder ("") and each file, and the names of which it told the same before."""
    names, now = ("", *seen.files), parts(answers)
    told = {name: part for name, part in zip(names, now, strict=False) if part != NOTHING}
    same = {name for name, old, new in zip(names, parts(seen.answers), now, strict=False) if old == new}
    return told, same
