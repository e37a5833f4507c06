"""A file or a folder that appears whole or not at all, also where two processes make it at once."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from farside.errors import FarsideError

TAKEN = (errno.ENOTEMPTY, errno.EEXIST)
"""What systems say of a place where a folder with something in it lies."""
SUFFIX = ".part"
"""Of what is not whole yet, and of what a process that was killed left."""


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give the file to write; when the block ends well it takes its place, else it is removed."""
    unfinished = _beside(path)
    try:
        yield unfinished
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give the folder to write into; when the block ends well it takes its place, where an empty one may be.

    Raises:
        FarsideError: another process was there first.
    """
    unfinished = _beside(path)
    unfinished.mkdir(parents=True, exist_ok=True)
    try:
        yield unfinished
        _take_place(unfinished, path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _take_place(unfinished: Path, path: Path) -> None:
    try:
        unfinished.rename(path)
    except OSError as error:
        if error.errno not in TAKEN:
            raise
        raise FarsideError(
            f"Another process has made {path} meanwhile.", "run it again: what was made of the same is taken as it is"
        ) from None


def _beside(path: Path) -> Path:
    """Return a name that no other process has."""
    return path.with_name(f"{path.name}.{os.getpid()}{SUFFIX}")
