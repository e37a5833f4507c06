"""The texts of the folder that the session works in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from farside.tools.inside.files import SKIPPED

MOST_FILES = 2_000
LONGEST = 100_000
"""Bytes of a file that is read."""


def texts(root: Path) -> dict[str, str]:
    """Return the text files below a folder by name, in order; large, binary and hidden ones are left out."""
    found = {}
    for path in paths(root):
        data = path.read_bytes() if path.stat().st_size <= LONGEST else b"\0"
        if b"\0" not in data:
            found[str(path.relative_to(root))] = data.decode(errors="replace").replace("\r\n", "\n")
        if len(found) == MOST_FILES:
            break
    return found


def paths(root: Path) -> Iterator[Path]:
    """Yield the regular files below a folder that can be read, hidden ones and their folders left out."""
    for folder, below, names in os.walk(root):
        below[:] = sorted(name for name in below if not name.startswith(".") and name not in SKIPPED)
        for name in sorted(names):
            path = Path(folder, name)
            if not name.startswith(".") and path.is_file() and os.access(path, os.R_OK):
                yield path
