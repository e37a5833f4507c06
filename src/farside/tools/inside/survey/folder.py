"""The texts of the folder that the session works in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from stat import S_ISREG

from farside.tools.inside.files import SKIPPED

MOST_FILES = 2_000
MOST_SEEN = 20_000
"""Files after which no more are looked for."""
LONGEST = 100_000
"""Bytes of a file that is read."""


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder holds, hidden files left aside."""

    texts: dict[str, str]
    """Name -> text, in order."""
    left_out: list[str]
    """Files that are too large, binary, unreadable or none of the disk's, and those beyond MOST_FILES."""


def look(root: Path) -> Folder:
    """Return the text files below a folder and what else it holds."""
    found = Folder({}, [])
    for path in islice(paths(root), MOST_SEEN):
        name = str(path.relative_to(root))
        text = text_of(path) if len(found.texts) < MOST_FILES else None
        if text is None:
            found.left_out.append(name)
        else:
            found.texts[name] = text
    return found


def text_of(path: Path) -> str | None:
    """Return the text of a file, or None where it is too large, is binary or cannot be read."""
    try:
        if not S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as source:
            data = source.read(LONGEST + 1)
    except OSError:  # gone since, or not for us: it is named as left out
        return None
    if len(data) > LONGEST or b"\0" in data:
        return None
    return data.decode(errors="replace").replace("\r\n", "\n")


def paths(root: Path) -> Iterator[Path]:
    """Yield the files below a folder, hidden ones and their folders left out."""
    for folder, below, names in os.walk(root):
        below[:] = sorted(name for name in below if not name.startswith(".") and name not in SKIPPED)
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(folder, name)
