"""What a rerun found, as the lines that the model reads and the verifier reads back. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

SAME, KEPT, ALONE = (
    "same values: ",
    "in the notebook: ",
    "works the result out another way, alone in a fresh session: ",
)
LINE = 100
"""Characters of an output in a line."""


@dataclass(frozen=True, slots=True)
class Report:
    """Cells by their numbers."""

    same: tuple[int, ...] = ()
    """Those that gave the same values again."""
    kept: tuple[int, ...] = ()
    """Those that ran again, in order: what the notebook is made of."""
    alone: tuple[int, ...] = ()
    """Those that gave the result alone, in another way than the first that gave it."""
    differing: tuple[str, ...] = ()
    """A line for each cell that gave something else."""

    def text(self) -> str:
        """Return it as lines."""
        head = f"All cells were run again in a fresh session: {len(self.same)} of {len(self.kept)} give the same."
        told = (f"{name}{_listed(found)}" for name, found in ((SAME, self.same), (KEPT, self.kept)))
        return "\n".join((head, *told, f"{ALONE}{_listed(self.alone)}", *self.differing))


def read(text: str) -> Report:
    """Return the report that a text tells of; an empty one where it tells of none."""
    return Report(
        _numbers(text, SAME),
        _numbers(text, KEPT),
        _numbers(text, ALONE),
        tuple(line for line in text.splitlines() if re.match(r"cell \d+ ", line)),
    )


def differs(number: int, before: str, now: str) -> str:
    """Return the line for a cell that gave something else: the first lines that are not alike."""
    one, other = next(
        (pair for pair in zip(before.splitlines(), now.splitlines(), strict=False) if pair[0] != pair[1]),
        (before.strip()[-LINE:], now.strip().rpartition("\n")[2]),
    )
    return f"cell {number} printed {one[:LINE]!r}, and in a fresh session {other[:LINE]!r}"


def _listed(cells: Iterable[int]) -> str:
    return ", ".join(f"cell {number}" for number in cells) or "none"


def _numbers(text: str, name: str) -> tuple[int, ...]:
    line = next((line for line in text.splitlines() if line.startswith(name)), "")
    return tuple(int(number) for number in re.findall(r"cell (\d+)", line))
