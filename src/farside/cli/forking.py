"""Forks and restored folders, made and told."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from farside.agent.fork import fork
from farside.agent.home import RunFolder
from farside.agent.past import Past, past
from farside.agent.snapshots.restore import check_target, write_out
from farside.agent.snapshots.store import Store
from farside.cli.figures import count
from farside.cli.plain_text import safe

TELL_EVERY_S = 1.0


class Progress:
    """Says on stderr how many files are written, once a second."""

    def __init__(self) -> None:
        self.files = 0
        self._next = time.monotonic() + TELL_EVERY_S

    def __call__(self, files: int) -> None:
        """Take note of the files so far."""
        self.files = files
        if (now := time.monotonic()) >= self._next:
            self._next = now + TELL_EVERY_S
            print(f"farside: {files:,} files written so far", file=sys.stderr)


def print_fork(origin: RunFolder, step: int | None) -> None:
    """Make a fork; its id is on stdout, all else on stderr.

    Raises:
        FarsideError: there is no such step, its files are not kept, or the disk refuses.
    """
    found, progress = past(origin, step), Progress()
    made = fork(origin, found, progress)
    print(made.id, flush=True)
    _tell(f"Run {made.id} is a fork of {origin.id} at step {found.step}.")
    _tell(f"Its folder has {count(progress.files, 'file')}: {made.workspace}")
    _tell_missing(found)
    _tell(f"farside resume {made.id}   goes on there")


def print_restored(origin: RunFolder, step: int | None, folder: Path) -> None:
    """Write the files of a step into a new or empty folder, all or none.

    Raises:
        FarsideError: there is no such step, its files are not kept, the folder is in use, or the disk refuses.
    """
    check_target(folder)
    found, progress = past(origin, step), Progress()
    with Store(origin.snapshots) as store:
        files = write_out(store, found.state.snapshot, folder, progress)
    _tell(f"{folder} has {count(files, 'file')} as they were in run {origin.id} at step {found.step}.")
    _tell_missing(found)


def _tell_missing(found: Past) -> None:
    for line in found.left_out:
        _tell(f"  not in the copy: {line}")


def _tell(line: str) -> None:
    print(safe(line), file=sys.stderr)
