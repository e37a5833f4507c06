"""One training at a time in a folder: two would go on from each other's state."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from farside.errors import FarsideError
from farside.train import processes
from farside.train.claim import NAME


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other trainings out of a claimed folder; the system lets them in again when this process ends, however.

    Raises:
        FarsideError: there is one already.
    """
    with (folder / NAME).open() as file:
        if processes.is_first():
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FarsideError(f"Another process is training in {folder}.", "wait for it, or stop it") from None
        yield
