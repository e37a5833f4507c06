"""How much memory there is for a model, and which one is small."""

from __future__ import annotations

import os
import re
from pathlib import Path

from farside.k2.config import Config
from farside.k2.plan import sizes

SMALL = 100_000_000
"""Parameters, in fp32 400 MB: of so few it is not the reading that takes the time."""
MEMINFO = Path("/proc/meminfo")
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where a container is told its own limit, by version of control groups."""


def is_small(config: Config) -> bool:
    """Say whether a model is run in its quick form, in fp32."""
    return sum(size.parameters for size in sizes(config).values()) <= SMALL


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
