"""A snapshot written out as files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from farside.agent.snapshots.store import Store
from farside.agent.snapshots.tree import FOLDER, LINK, PROGRAM, Leaf, decoded
from farside.errors import FarsideError


def leaves(store: Store, tree: str, folder: str = "") -> Iterator[tuple[str, Leaf]]:
    """Yield every folder, file and link of a snapshot with its path, a folder before what is in it.

    Raises:
        FarsideError: the store is damaged.
    """
    for leaf in decoded(store.read(tree)):
        path = f"{folder}/{leaf.name}" if folder else leaf.name
        yield path, leaf
        if leaf.mode == FOLDER:
            yield from leaves(store, leaf.object, path)


def check_target(folder: Path) -> None:
    """Refuse to write into what somebody else uses.

    Raises:
        FarsideError: it is no folder, or something is in it, or it cannot be looked at.
    """
    try:
        if not os.path.lexists(folder):
            return
        if not folder.is_dir():
            raise FarsideError(f"{folder} is not a folder.", "Name a new folder, or an empty one.")
        if next(folder.iterdir(), None):
            raise FarsideError(
                f"The folder {folder} is not empty, and nothing in it was touched.",
                "Name a new folder, or an empty one.",
            )
    except OSError as error:
        raise FarsideError(f"The folder {folder} cannot be used ({error.strerror}).", "Name another one.") from error


def write_out(store: Store, tree: str, folder: Path, written: Callable[[int], None]) -> int:
    """Write a snapshot into a new or empty folder; return the number of files. All of it, or nothing.

    `written` is called with the number of files so far.

    Raises:
        FarsideError: the folder is not empty, the disk refuses, or the store is damaged.
    """
    check_target(folder)
    existed = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        count = 0
        for path, leaf in leaves(store, tree):
            _write(store, leaf, folder / path)
            count += leaf.mode != FOLDER
            written(count)
    except BaseException as error:
        _clear(folder, existed)
        if isinstance(error, OSError):
            raise FarsideError(
                f"The folder {folder} cannot be written ({error.strerror}).", "Make room there, or name another one."
            ) from error
        raise
    return count


def _write(store: Store, leaf: Leaf, target: Path) -> None:
    if leaf.mode == FOLDER:
        target.mkdir()
    elif leaf.mode == LINK:
        target.symlink_to(os.fsdecode(store.read(leaf.object)))
    else:
        with target.open("xb") as file:
            file.writelines(store.chunks(leaf.object))
        if leaf.mode == PROGRAM:
            target.chmod(target.stat().st_mode | (target.stat().st_mode & 0o444) >> 2)


def _clear(folder: Path, existed: bool) -> None:
    """Remove what was written; the folder too, if it was not there."""
    if not existed:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
