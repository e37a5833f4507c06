"""Tasks by family: each makes its own files, knows the answer, and can teach how it is reached."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection

from farside.train.tasks.bills import bills
from farside.train.tasks.bugs import bugs
from farside.train.tasks.configs import configs
from farside.train.tasks.declining import declining
from farside.train.tasks.drawing import Drawing
from farside.train.tasks.logs import logs
from farside.train.tasks.notes import notes
from farside.train.tasks.recurrence import recurrence
from farside.train.tasks.roots import roots
from farside.train.tasks.split import Split
from farside.train.tasks.tables import tables
from farside.train.tasks.task import Task

Family = Callable[[int, Drawing, int], Task]
FAMILIES: dict[str, Family] = {
    "bills": bills,
    "notes": notes,
    "configs": configs,
    "recurrence": recurrence,
    "roots": roots,
    "tables": tables,
    "logs": logs,
    "bugs": bugs,
    "declining": declining,
}
LEAST = 3
"""Steps that a task may be asked to have."""


def check_families(families: Collection[str]) -> None:
    """Refuse none, and what is no family.

    Raises:
        ValueError: it says which.
    """
    if not families:
        raise ValueError("no families are named")
    if unknown := sorted(set(families) - set(FAMILIES)):
        raise ValueError(f"there is no family {', '.join(unknown)}; there are {', '.join(FAMILIES)}")


def check_steps(least: int, most: int) -> None:
    """Refuse lengths that no task can have.

    Raises:
        ValueError: it says what they may be.
    """
    if not LEAST <= least <= most:
        raise ValueError(f"runs of {least} to {most} steps: the least must be {LEAST} or more, and the most no less")


def task(family: str, seed: int, split: Split, steps: int) -> Task:
    """Return a task of a family with so many calls, or as near as the family comes; the same for the same arguments.

    steps: LEAST or more.
    """
    return FAMILIES[family](seed, Drawing(random.Random(f"{family} {split} {seed}"), split), steps)
