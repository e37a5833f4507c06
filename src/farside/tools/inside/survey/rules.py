"""The language of rules: which line of a text, and what to cut out of it. Pure.

A rule is learnt from a value that was read in one text, and is then tried on all texts of the same shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from farside.tools.figures import Value, amounts, same, tidy

WORD = re.compile(r"[^\W\d_]{2,}")
MARKS = (r"\|", ";", r"\t", r"\s{2,}", r"(?: ?\.){2,}", ":", ",")
"""Patterns of what parts a line into fields."""


@dataclass(frozen=True, slots=True)
class Line:
    """The line with this number; negative ones count from the end."""

    index: int

    def find(self, lines: tuple[str, ...]) -> str:
        """Return the line; IndexError when there is none."""
        return lines[self.index]


@dataclass(frozen=True, slots=True)
class Worded:
    """The first (`which` 0) or last (-1) line that holds a word, or the line `below` it."""

    word: str
    which: int
    below: int

    def find(self, lines: tuple[str, ...]) -> str:
        """Return the line; IndexError when there is none."""
        hits = [index for index, line in enumerate(lines) if self.word in words(line)]
        return lines[hits[self.which] + self.below]


@dataclass(frozen=True, slots=True)
class Whole:
    """All of the line."""

    def cut(self, line: str) -> Value:
        """Return the value."""
        return tidy(line)


@dataclass(frozen=True, slots=True)
class Field:
    """The field with this number between marks; negative ones count from the end."""

    mark: str
    index: int

    def cut(self, line: str) -> Value:
        """Return the value; IndexError when there are fewer fields."""
        return tidy(re.split(self.mark, line.strip())[self.index])


@dataclass(frozen=True, slots=True)
class After:
    """What follows a word, up to a mark if one is given."""

    word: str
    mark: str

    def cut(self, line: str) -> Value:
        """Return the value; IndexError when the word is not there."""
        rest = line[end(self.word, line) :].lstrip(" \t.:;|=-")
        return tidy(re.split(self.mark, rest)[0] if self.mark else rest)


@dataclass(frozen=True, slots=True)
class Number:
    """The number of the line with this index; negative ones count from the end."""

    index: int

    def cut(self, line: str) -> Value | None:
        """Return the value, None if its sign is in doubt; IndexError when there are fewer numbers."""
        return written(line)[self.index]


@dataclass(frozen=True, slots=True)
class NumberAfter:
    """The first number behind a word."""

    word: str

    def cut(self, line: str) -> Value | None:
        """Return the value, None if its sign is in doubt; IndexError when there is none."""
        return written(line, end(self.word, line))[0]


Anchor = Line | Worded
Cut = Whole | Field | After | Number | NumberAfter


@dataclass(frozen=True, slots=True)
class Rule:
    """Which line, and what of it."""

    anchor: Anchor
    cut: Cut

    def __call__(self, text: str) -> Value | None:
        """Return the value that the rule finds in a text, or None."""
        try:
            found = self.cut.cut(self.anchor.find(lines(text)))
        except IndexError:
            return None
        return None if found == "" else found


@lru_cache(65_536)
def written(line: str, start: int = 0) -> tuple[float | None, ...]:
    """Return the numbers of a line from a place on, None for one whose sign is in doubt."""
    return tuple(amounts(line, start))


def end(word: str, line: str) -> int:
    """Return where a word of a line ends; IndexError when it is not there."""
    found = re.search(rf"\b{re.escape(word)}\b", line)
    if not found:
        raise IndexError(word)
    return found.end()


@lru_cache(4096)
def lines(text: str) -> tuple[str, ...]:
    """Return the lines that are not blank."""
    return tuple(line for line in text.splitlines() if line.strip())


@lru_cache(65_536)
def words(line: str) -> tuple[str, ...]:
    """Return the different words of a line in order."""
    return tuple(dict.fromkeys(WORD.findall(line)))


def candidates(text: str, value: Value) -> list[Rule]:
    """Return all rules that find `value` in `text`."""
    all_lines = lines(text)
    rules = dict.fromkeys(
        Rule(anchor, cut)
        for index, line in enumerate(all_lines)
        if holds(line, value)
        for anchor in anchors(all_lines, index, value)
        for cut in cuts(line, value)
    )
    return [rule for rule in rules if same(rule(text), value)]


def holds(line: str, value: Value) -> bool:
    """Tell whether a value may be cut out of a line."""
    if isinstance(value, str):
        return tidy(value) in tidy(line)
    return any(same(value, found) for found in written(line))


def anchors(all_lines: tuple[str, ...], index: int, value: Value) -> Iterator[Anchor]:
    """Yield the ways to find the line at `index`."""
    inside = words(value) if isinstance(value, str) else ()
    for below in (0, 1):
        at = index - below
        if at < 0:
            continue
        for word in words(all_lines[at]):
            hits = [number for number, line in enumerate(all_lines) if word in words(line)]
            if below or word not in inside:
                yield from (Worded(word, which, below) for which in (0, -1) if hits[which] == at)
    yield Line(index)
    yield Line(index - len(all_lines))


def cuts(line: str, value: Value) -> Iterator[Cut]:
    """Yield the ways to cut values of this kind out of a line."""
    if not isinstance(value, str):
        yield from map(NumberAfter, words(line))
        count = len(written(line))
        yield from map(Number, range(-count, count))
        return
    inside = words(value)
    yield Whole()
    for word in words(line):
        if word not in inside:
            yield from (After(word, mark) for mark in ("", *MARKS))
    for mark in MARKS:
        count = len(re.split(mark, line.strip()))
        if count > 1:
            yield from (Field(mark, index) for index in range(-count, count))
