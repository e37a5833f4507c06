"""From a few readings to a row for each file: rules are learnt, and where they differ, that very file is read."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from farside.tools.figures import Value
from farside.tools.inside.survey.opinions import Opinion, disputed, learn, rivals, settled
from farside.tools.inside.survey.readings import Columns, Read, Reading

MOST = 6
"""Readings of one shape."""
ENOUGH = 3
"""Readings among which a few may be wrong."""
MAJORITY = 0.6
Clock = Callable[[], float]


@dataclass(slots=True)
class Study:
    """What is known of the texts of one shape."""

    texts: Mapping[str, str]
    wanted: Columns
    readings: dict[str, Reading] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    """Files in which the model did not find the values."""
    opinions: dict[str, list[Opinion]] = field(default_factory=dict)
    """Column -> opinions on it, the best first."""

    def go(self, read: Read, until: float, clock: Clock = time.monotonic) -> None:
        """Read and learn until the rules agree, MOST files are read, or the time is over.

        Raises:
            Refused: the model does not answer.
        """
        queue, checked = self._first(), False
        while queue and len(self.readings) < MOST and clock() < until:
            name = queue.pop(0)
            if name in self.readings or name in self.unread:
                continue
            values = read(name)
            if values is None:
                self.unread.add(name)
                queue += [other for other in self._fresh(1 / 3) if other not in queue][:1]
                continue
            self.readings[name] = values
            if queue or len(self.readings) < min(2, len(self.texts)):
                continue
            doubtful = self._learn()
            if doubtful:
                queue, checked = [doubtful], False
            elif not checked:
                queue, checked = self._check(), True
        if self.readings and not self.opinions:
            self._learn()

    def _first(self) -> list[str]:
        """Return the files at the lower quartile and the median of length."""
        order = self._order()
        return list(dict.fromkeys([order[len(order) // 4], order[len(order) // 2]]))

    def _check(self) -> list[str]:
        """Return one more file, which no rule was learnt from."""
        return self._fresh(2 / 3)[:1] if len(self.texts) > ENOUGH else []

    def _order(self) -> list[str]:
        return sorted(self.texts, key=lambda name: (len(self.texts[name]), name))

    def _fresh(self, share: float) -> list[str]:
        """Return the files not read yet, from this share of their lengths on."""
        left = [name for name in self._order() if name not in self.readings and name not in self.unread]
        return left[int(len(left) * share) :]

    def _learn(self) -> str | None:
        """Learn each column from the readings; return the file to read next where opinions leave a doubt."""
        doubtful = None
        for column in self.wanted:
            self.learn(column)
            if self.opinions[column] and doubtful is None:
                doubtful = self._doubt(self.opinions[column])
        return doubtful

    def learn(self, column: str) -> None:
        """Learn a column from what was read."""
        values = {name: reading[column] for name, reading in self.readings.items()}
        self.opinions[column] = learn(values, self.texts)

    def _doubt(self, opinions: Sequence[Opinion]) -> str | None:
        name = disputed(opinions, self.texts, {**self.readings, **dict.fromkeys(self.unread)})
        return name or (None if self.supports(opinions[0]) else next(iter(self._fresh(1 / 3)), None))

    def supports(self, opinion: Opinion) -> bool:
        """Tell whether an opinion agrees with all readings, or with most where there are ENOUGH."""
        count = len(self.readings)
        return opinion.fits == count or (count >= ENOUGH and opinion.fits >= MAJORITY * count)


Row = dict[str, Value | None]


@dataclass(frozen=True, slots=True)
class Guess:
    """What the rules say of all files of all shapes."""

    rows: dict[str, Row]
    """None where no rule finds a value."""
    contested: dict[str, set[str]]
    """Column -> files on which rules that are as good differ, and which the model has not read."""
    unclear: set[str]
    """Columns of which no rule agrees with enough of what was read."""


def guessed(studies: Sequence[Study], wanted: Columns) -> Guess:
    """Return what the best rules find in each file, and how far that is sure."""
    guess = Guess(
        {name: {} for study in studies for name in study.texts}, {column: set() for column in wanted}, set()
    )
    for column, kind in wanted.items():
        opinions = [study.opinions.get(column, []) for study in studies]
        if kind == "text":
            best = settled(opinions, [len(study.readings) for study in studies])
        else:
            best = [rivals(found) if found else [] for found in opinions]
        for study, rival in zip(studies, best, strict=True):
            for index, name in enumerate(study.texts):
                views = [opinion.values[index] for opinion in rival]
                guess.rows[name][column] = views[0] if views else None
                if len(set(views)) > 1 and name not in study.readings:
                    guess.contested[column].add(name)
        if not all(map(is_clear, studies, opinions)) and (kind != "text" or len(studies) == 1):
            guess.unclear.add(column)
    return guess


def is_clear(study: Study, opinions: Sequence[Opinion]) -> bool:
    """Tell whether an opinion of a shape rests on more than one reading and on most of them, or there is none."""
    return not opinions or (len(study.readings) > 1 and study.supports(opinions[0]))


def fill(table: dict[str, Row], study: Study, read: Read, until: float, clock: Clock = time.monotonic) -> None:
    """Put in what no rule finds: what was read already, or is read now while there is time.

    Raises:
        Refused: the model does not answer.
    """
    for name in study.texts:
        gaps = [column for column, value in table[name].items() if value is None]
        values = study.readings.get(name)
        if gaps and values is None and name not in study.unread and clock() < until:
            values = read(name)
            if values is None:
                study.unread.add(name)
        if gaps and values is not None:
            table[name].update({column: values[column] for column in gaps})
