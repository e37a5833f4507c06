"""The files of a corpus as they lie there now."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from farside.tools.below import is_private

SKIPPED = {"__pycache__", "node_modules"}
"""Folders that are not entered; nor are hidden ones, and hidden files and links are left out."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be searched."""

    path: str
    """Below the corpus."""
    size: int
    mtime_ns: int


def walk(root: Path, private: Sequence[Path]) -> Iterator[Found]:
    """Yield the files below a resolved root, in order.

    What vanishes meanwhile is left out, and so is a folder that cannot be read.

    Raises:
        OSError: the root itself cannot be read.
    """
    with os.scandir(root) as entries:
        yield from _entries(list(entries), root, private)


def _entries(entries: Sequence[os.DirEntry[str]], root: Path, private: Sequence[Path]) -> Iterator[Found]:
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.name.startswith(".") or is_private(Path(entry.path), root, private):
            continue
        if not entry.name.isprintable():  # no name that anybody could be told
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                if entry.name in SKIPPED:
                    continue
                with os.scandir(entry.path) as inner:
                    below = list(inner)
                yield from _entries(below, root, private)
            elif entry.is_file(follow_symlinks=False):
                found = entry.stat(follow_symlinks=False)
                yield Found(os.path.relpath(entry.path, root), found.st_size, found.st_mtime_ns)
        except OSError:  # it changes while we look, or is closed to us: the rest can still be searched
            continue
