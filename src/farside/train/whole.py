"""A file or a folder that appears whole or not at all, also where two processes make it at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    """Give the folder to write into; when the block ends well it takes its place, where an empty one may be."""
    unfinished = _beside(path)
    unfinished.mkdir(parents=True, exist_ok=True)
    try:
        yield unfinished
        unfinished.rename(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _beside(path: Path) -> Path:
    """Return a name that no other process has."""
    return path.with_name(f"{path.name}.{os.getpid()}{SUFFIX}")
