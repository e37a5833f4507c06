"""A folder of files that takes long to write: it appears whole under its name, or goes on where it stopped.

Until it is whole, it lies beside its place as NAME.partial, with the job that it is the result of.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from farside.errors import FarsideError

JOB = "unfinished.json"
BESIDE = 32 << 20
"""Bytes kept for the small files of a checkpoint: the index, the config, the tokenizer."""


def partial_of(target: Path) -> Path:
    """Return where a folder lies until it is whole."""
    return target.with_name(f"{target.name}.partial")


def check_place(target: Path) -> None:
    """Refuse a place that is taken.

    Raises:
        FarsideError: something is there.
    """
    if not target.name:  # "." or "/": a folder cannot be put in its place
        raise FarsideError(f"{target} has no name of its own.", "Name a folder that is not there yet.")
    if target.is_symlink() or target.is_mount():
        what = f"{target} is a link or a mount point, in whose place no folder can be put."
        raise FarsideError(what, "Name a folder within it that is not there yet.")
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise FarsideError(f"{target} exists already.", "Name a folder that is not there yet.")


def check_room(target: Path, needed: int, what: str) -> None:
    """Refuse to begin what the disk cannot hold; what an earlier try left there counts as room.

    Raises:
        FarsideError: too little is free.
    """
    partial = partial_of(target)
    there = sum(path.stat().st_size for path in partial.glob("*")) if partial.is_dir() else 0
    nearest = next(folder for folder in target.absolute().parents if folder.is_dir())
    free = shutil.disk_usage(nearest).free + there
    if free < needed + BESIDE:
        raise FarsideError(
            f"{what} needs {needed / 1e9:.1f} GB in {target.absolute().parent}; {free / 1e9:.1f} GB are free.",
            "Make room there, or name a place on a larger disk.",
        )


@contextmanager
def unfinished(target: Path, job: Mapping[str, Any]) -> Iterator[Path]:
    """Give the folder to write into; when the block ends well it takes its place.

    When the block breaks off, the files that are there stay for the next try of the same job; a folder without any is
    removed.

    Raises:
        FarsideError: the place is taken, another job began there, or another process is at it.
    """
    check_place(target)
    partial = partial_of(target)
    try:
        partial.mkdir(parents=True, exist_ok=True)
        file = (partial / JOB).open("a+", encoding="utf-8")
    except OSError as error:
        raise FarsideError(f"{partial} cannot be written: {error.strerror}.", "Name another place.") from None
    with file:
        _claim(file, partial, job)
        try:
            yield partial
        except OSError as error:
            raise FarsideError(f"{partial} cannot be written: {error.strerror}.", "Make room there.") from error
        finally:  # whatever broke it off, Ctrl-C too
            if all(path.name == JOB for path in partial.iterdir()):
                shutil.rmtree(partial)
        (partial / JOB).unlink()
    partial.rename(target)


def _claim(file: TextIO, partial: Path, job: Mapping[str, Any]) -> None:
    """Lock the folder, and write down what it is for, or check that it is for the same."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FarsideError(f"Another process is writing {partial}.", "Wait for it, or name another place.") from None
    file.seek(0)
    said, wanted = file.read(), json.dumps(job, indent=1, sort_keys=True)
    if not said:
        file.write(wanted)
        file.flush()
    elif said != wanted:
        raise FarsideError(
            f"{partial} was begun from other weights or with other options.",
            f"Remove it (rm -r {partial}), or name another place.",
        )
