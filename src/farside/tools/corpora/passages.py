"""A text cut into passages: what is found, ranked and cited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

LINES, CHARACTERS = 40, 2_000
"""At most in one passage; a single longer line is cut into several."""
ENOUGH = 600
"""Characters after which a passage ends at the next empty line or heading."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Some lines of a text. The texts of all passages, joined, are the whole text."""

    first: int
    """Number of its first line, counted from 1."""
    text: str

    @property
    def last(self) -> int:
        """Number of its last line."""
        return self.first + max(0, self.text.rstrip("\n").count("\n"))


def passages(text: str) -> Iterator[Passage]:
    """Cut a text, where possible between paragraphs."""
    held: list[str] = []
    start, size = 1, 0
    for number, line in enumerate(lines_of(text), 1):
        fresh = size >= ENOUGH and (not held[-1].strip() or line.startswith("#"))
        if held and (fresh or len(held) >= LINES or size + len(line) > CHARACTERS):
            yield Passage(start, "".join(held))
            start, held, size = number, [], 0
        while len(line) > CHARACTERS:
            yield Passage(number, line[:CHARACTERS])
            line = line[CHARACTERS:]
        held.append(line)
        size += len(line)
    if held:
        yield Passage(start, "".join(held))


def lines_of(text: str) -> list[str]:
    """Return the lines with their ends. A line ends with a newline and nothing else, as in every other tool."""
    parts = [f"{part}\n" for part in text.split("\n")]
    parts[-1] = parts[-1][:-1]
    return parts if parts[-1] else parts[:-1]
