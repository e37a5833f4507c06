"""Opinions: what rules learnt from a few readings say of all texts of a shape, and which to believe. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from farside.tools.figures import Value, same
from farside.tools.inside.survey.rules import candidates

KEPT = 12
PART = 0.4
"""What an agreement with the beginning of a reading counts, where one with all of it counts 1."""
SHARED = 1.5
"""What it counts, against a reading, that a value occurs in the other shapes too."""
NOISE = 1e-9
"""By how much equal worths may differ."""
ENDS = re.compile(r"[,;(]| - ")
"""Marks before which a value may end that was read too far."""

Texts = Mapping[str, str]
Column = tuple[Value | None, ...]
"""One value, or None, for each text of a shape in order."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """One way to see a column of a shape."""

    values: Column
    fits: float
    """How many readings it agrees with."""
    rules: int
    """How many rules hold it."""

    @property
    def filled(self) -> int:
        """For how many texts it has a value."""
        return sum(value is not None for value in self.values)

    def rank(self, readings: int) -> tuple[float, int]:
        """Return what opinions are ordered by: the best has the greatest."""
        return self.fits / readings + self.filled / len(self.values), self.rules


def learn(readings: Mapping[str, Value], texts: Texts) -> list[Opinion]:
    """Return the opinions that rules learnt from some texts have on all of them, the best first."""
    rules = dict.fromkeys(
        rule
        for name, value in readings.items()
        for wanted in dict.fromkeys([value, *beginnings(value)])
        for rule in candidates(texts[name], wanted)
    )
    holders: dict[Column, int] = {}
    for rule in rules:
        column = tuple(rule(text) for text in texts.values())
        holders[column] = holders.get(column, 0) + 1
    opinions = [Opinion(column, fit(column, readings, texts), count) for column, count in holders.items()]
    return sorted(opinions, key=lambda opinion: opinion.rank(len(readings)), reverse=True)[:KEPT]


def beginnings(value: Value) -> list[str]:
    """Return what a value would be that was not read too far."""
    found = ENDS.search(value) if isinstance(value, str) else None
    return [value[: found.start()].strip()] if found and isinstance(value, str) else []


def fit(column: Column, readings: Mapping[str, Value], texts: Texts) -> float:
    """Return how many of the readings a column agrees with."""
    by_name = dict(zip(texts, column, strict=True))
    return sum(agreement(by_name[name], value) for name, value in readings.items())


def agreement(found: Value | None, read: Value) -> float:
    """Return 1 when a value is the one that was read, PART when it is its beginning."""
    if same(found, read):
        return 1
    return PART if isinstance(found, str) and isinstance(read, str) and read.startswith(found) else 0


def rivals(opinions: Sequence[Opinion]) -> list[Opinion]:
    """Return the opinions that are as good as the best one, it among them."""
    best = opinions[0]
    return [other for other in opinions if (other.fits, other.filled) == (best.fits, best.filled)]


def disputed(opinions: Sequence[Opinion], texts: Texts, known: Mapping[str, object]) -> str | None:
    """Return the shortest text on which the best opinions differ most, or None when they do not differ."""
    best = rivals(opinions)
    views = {
        name: len({opinion.values[index] for opinion in best})
        for index, name in enumerate(texts)
        if name not in known
    }
    most = max(views.values(), default=1)
    return (
        min((name for name in views if views[name] == most), key=lambda name: len(texts[name])) if most > 1 else None
    )


def settled(shapes: Sequence[Sequence[Opinion]], readings: Sequence[int]) -> list[list[Opinion]]:
    """Choose opinions for each shape, such that what is the same is named the same in all of them.

    `readings` counts those of each shape. The first of those that are chosen for a shape is to be believed; others
    are as good.
    """
    chosen = [rivals(opinions) if opinions else [] for opinions in shapes]
    for index in [*range(len(shapes))] * 2 if len(shapes) > 1 else []:
        others = {value for other, best in enumerate(chosen) if best and other != index for value in best[0].values}
        worths = [worth(opinion, others, readings[index]) for opinion in shapes[index]]
        chosen[index] = [
            opinion for opinion, own in zip(shapes[index], worths, strict=True) if own > max(worths) - NOISE
        ]
    return chosen


def worth(opinion: Opinion, others: set[Value | None], readings: int) -> float:
    """Return how far to believe an opinion, given the values of the other shapes."""
    shared = sum(isinstance(value, str) and value in others for value in opinion.values)
    return opinion.rank(max(1, readings))[0] + SHARED * shared / len(opinion.values)
