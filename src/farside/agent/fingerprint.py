"""Have files of a folder changed? A cheap look, for the guard alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

LIMIT = 2_000
"""Files looked at; a larger tree is judged by these."""


def fingerprint(folder: Path) -> int:
    """Return a number that changes when a file below `folder` appears, goes, or is written to."""
    return hash(tuple(islice(_files(folder), LIMIT)))


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    for root, _, names in os.walk(folder):
        for name in sorted(names):
            try:
                stat = Path(root, name).lstat()
            except FileNotFoundError:  # gone between the listing and the look
                continue
            yield name, stat.st_size, stat.st_mtime_ns
