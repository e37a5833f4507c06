"""What a training takes of the machine: too little memory or disk is said before it begins."""

from __future__ import annotations

from pathlib import Path

from farside.engine.memory import free_memory
from farside.errors import FarsideError
from farside.k2.unfinished import check_room

MEMORY = 6e9
"""Bytes that training K2-mini takes at most, with its longest examples."""


def check_machine(target: Path, disk: int) -> None:
    """Refuse to begin a training that writes `disk` bytes beside `target`, or has not the memory.

    Raises:
        FarsideError: one of them is too little.
    """
    check_memory(free_memory())
    check_room(target, disk, "A training")


def check_memory(free: int) -> None:
    """Refuse to begin with so many bytes free.

    Raises:
        FarsideError: they are too few.
    """
    if free < MEMORY:
        raise FarsideError(
            f"Training takes up to {MEMORY / 1e9:.0f} GB of memory; {free / 1e9:.1f} GB are free.",
            "close what else runs, and start it again",
        )
