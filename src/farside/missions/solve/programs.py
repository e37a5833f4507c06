"""Programs that were written for a problem, each by itself, and what they printed; as text and back. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from farside.missions.solve.values import result, stands

LONGEST, MOST_PRINTED = 1_400, 400
"""Characters of a program and of what it prints, so that two are shown uncut."""
FENCED = re.compile(
    r"^(?P<ticks>````*)python\n(?P<code>.*?)\n(?P=ticks)\nIt printed:\n(?P=ticks)\n(?P<out>.*?)\n(?P=ticks)$",
    re.M | re.S,
)


@dataclass(frozen=True, slots=True)
class Program:
    """One of them, run alone in a fresh session."""

    code: str
    printed: str

    @property
    def is_short(self) -> bool:
        """Whether it can be shown whole."""
        return len(self.code) <= LONGEST and len(self.printed) <= MOST_PRINTED


def agreed(programs: Sequence[Program], problem: str) -> tuple[Program, Program] | None:
    """Return the first two that print the same result, the earlier first; None where no two do."""
    for place, later in enumerate(programs):
        for earlier in programs[:place]:
            if same_result(earlier.printed, later.printed, problem):
                return earlier, later
    return None


def same_result(one: str, other: str, problem: str) -> bool:
    """Tell whether each of two outputs has the numbers of the other's result, rounded or not."""
    left, right = result(one, problem), result(other, problem)
    return bool(left and right) and (
        all(stands(number, [other]) for number in left) or all(stands(number, [one]) for number in right)
    )


def told(programs: Sequence[Program]) -> str:
    """Return the programs as text that `read` reads."""
    return "\n\n".join(map(_told, programs))


def _told(program: Program) -> str:
    ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", program.code + program.printed)), default=0))
    return f"{ticks}python\n{program.code}\n{ticks}\nIt printed:\n{ticks}\n{program.printed}\n{ticks}"


def read(text: str) -> Iterator[Program]:
    """Yield the programs of a text that `told` returned, or that holds it."""
    for found in FENCED.finditer(text):
        yield Program(found["code"], found["out"])
