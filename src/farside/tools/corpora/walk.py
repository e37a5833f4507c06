"""The files of a corpus as they lie there now."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SKIPPED = {"__pycache__", "node_modules"}
"""Folders that are not entered; nor are hidden ones, and hidden files and links are left out."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be searched, or what is there and cannot be."""

    path: str
    """Below the corpus; that of a folder ends with a slash."""
    size: int = 0
    mtime_ns: int = 0
    trouble: str = ""
    """Why it cannot be read, as far as can be seen from outside."""


def walk(root: Path, private: Sequence[Path]) -> Iterator[Found]:
    """Yield the files below a root, in order; what vanishes meanwhile is left out. All paths are resolved.

    Raises:
        OSError: the root itself cannot be read.
    """
    barred = {str(path) for path in private if not root.is_relative_to(path)}  # nothing below them is ever reached
    below = len(os.path.join(root, ""))  # noqa: PTH118 - of a Path for each file searching would take three times as long
    folders = [_entries(root)]
    while folders:
        entry = next(folders[-1], None)
        if entry is None:
            folders.pop()
        elif not (entry.name.startswith(".") or entry.path in barred):
            try:
                if entry.is_dir(follow_symlinks=False) and entry.name not in SKIPPED:
                    folders.append(_entries(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    yield _file(entry.path[below:], entry.stat(follow_symlinks=False))
            except FileNotFoundError:
                continue
            except OSError as error:
                yield Found(_told(entry.path[below:]) + "/", trouble=error.strerror or str(error))


def _entries(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return iter(sorted(entries, key=lambda entry: entry.name))


def _file(path: str, status: os.stat_result) -> Found:
    if not path.isprintable():
        return Found(_told(path), trouble="its name holds what is no character")
    return Found(path, status.st_size, status.st_mtime_ns)


def _told(path: str) -> str:
    """Return a path as it can be shown and stored."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in path)
