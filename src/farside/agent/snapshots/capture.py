"""Looking through a folder and keeping what is in it, as git trees.

The agent's own processes may go on changing the folder meanwhile. So nothing is opened through a symbolic link: what
lies outside the folder can never get into a snapshot.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from errno import ELOOP, ENOENT, ENOTDIR, ENXIO
from pathlib import Path
from stat import S_ISLNK, S_ISREG, S_IXUSR
from typing import IO

from farside.agent.snapshots.bounds import Bounds, Hidden
from farside.agent.snapshots.memory import FileRow, Memory, Seen, signed
from farside.agent.snapshots.store import Writer
from farside.agent.snapshots.tree import FILE, FOLDER, LINK, PROGRAM, Leaf, encoded

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
        signature = signed(os.lstat(path or ".", dir_fd=self._root), self._now)
        seen, prefix = self.before.get(path), f"{path}/" if path else ""
        if seen is None or signature is None or seen.signature != signature or path in self.hidden:
            files, folders = self._listed(path, seen)
        else:
            files, folders = seen.files, list(seen.folders)
        kept = (
            files if seen and files is seen.files and self._is_unchanged(prefix, files) else self._kept(prefix, files)
        )
        self.bounds.check(self.files, self.size)
        found = ((name, self._inner(prefix + name, depth + 1)) for name in folders)
        trees = {name: tree for name, tree in found if tree is not None}
        if seen is None or kept != seen.files or trees != seen.folders:
            tree = self.writer.add("tree", encoded(_leaves(kept, trees)))
            seen = Seen(signature, tree, kept, trees)
        elif signature != seen.signature or kept is not seen.files:
            seen = Seen(signature, seen.tree, kept, trees)
        self.after[path] = seen
        return seen.tree

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
        return ""

    def _listed(self, path: str, seen: Seen | None) -> tuple[dict[str, FileRow], list[str]]:
        """Return the files in a folder, with what is known of each, and the folders."""
        known = seen.files if seen else {}
        hidden = self.hidden.get(path, frozenset())
        files, folders = {}, []
        with os.scandir(self.root / path) as entries:
            for entry in entries:
                if entry.name in hidden:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                else:
                    files[entry.name] = known.get(entry.name, UNSEEN)
        return files, folders

    def _is_unchanged(self, prefix: str, files: Mapping[str, FileRow]) -> bool:
        """Tell whether all files are as they were, and count them. Every step comes here for nearly every file."""
        root, lstat, size = self._root, os.lstat, 0
        try:
            for name, row in files.items():
                stat = lstat(prefix + name, dir_fd=root)
                if row[2] != (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns):
                    return False
                size += stat.st_size
        except FileNotFoundError:
            return False
        self.size += size
        self.files += len(files)
        return True

    def _kept(self, prefix: str, files: Mapping[str, FileRow]) -> dict[str, FileRow]:
        """Return the files that are still there, as they are now; those that changed are read."""
        kept: dict[str, FileRow] = {}
        for name, row in files.items():
            try:
                stat = os.lstat(prefix + name, dir_fd=self._root)
            except FileNotFoundError:
                continue
            self.size += stat.st_size
            self.files += 1
            if row[2] != (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns):
                self.bounds.check(self.files, self.size)
                row = self._fresh(prefix + name, stat)
                self.read += 1
                self.progress(self.files)
            kept[name] = row
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


def _leaves(files: Mapping[str, FileRow], folders: Mapping[str, str]) -> list[Leaf]:
    leaves = [Leaf(name, mode, held) for name, (mode, held, _) in files.items() if mode]
    return leaves + [Leaf(name, FOLDER, tree) for name, tree in folders.items() if tree]
