"""How much memory there is for a model."""

from __future__ import annotations

import os
import re
from pathlib import Path

MEMINFO = Path("/proc/meminfo")
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where a container is told its own limit, by version of control groups."""


def free_memory() -> int:
    """Return the bytes that can be had without pushing anything out, no more than a container's limit."""
    return min([_of_the_machine(), *(int(text) for path in LIMITS if (text := _read(path)).isdecimal())])


def _of_the_machine() -> int:
    """Return what Linux says is available; elsewhere all that is built in."""
    found = re.search(r"^MemAvailable: +(\d+) kB$", _read(MEMINFO), re.MULTILINE)
    return int(found[1]) * 1024 if found else os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:  # another system, or no such limit: it says nothing
        return ""
