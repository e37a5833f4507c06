"""Limits that the kernel keeps for each process of the sandbox. They hold for root too, but for the process count."""

from __future__ import annotations

import resource
from typing import Any


def apply(limits: dict[str, Any]) -> None:
    """Lower this process's limits, soft and hard, for itself and all that it starts.

    `limits`: bytes under `memory` (private writable memory of one process) and `file_size`, counts under `files` and
    `processes` (0 = not limited here).
    """
    _lower(resource.RLIMIT_DATA, limits["memory"])
    _lower(resource.RLIMIT_FSIZE, limits["file_size"])
    _lower(resource.RLIMIT_NOFILE, limits["files"])
    _lower(resource.RLIMIT_CORE, 0)
    if limits["processes"]:
        _lower(resource.RLIMIT_NPROC, limits["processes"])


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))
