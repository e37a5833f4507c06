"""Drills: names with values, said again in other orders. To find and to copy comes before any task.

A model that is trained on tasks from nothing learns their words at once, and to copy a name or a number late: few of
its tokens are copied. Here most are, in short sequences. This stage is ours; K2 needs none.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from string import ascii_lowercase, digits
from typing import TYPE_CHECKING

from farside.train.examples import Example
from farside.train.tasks.drawing import Drawing
from farside.train.tasks.split import drawn

if TYPE_CHECKING:
    from farside.k2.tokenizer import Tokenizer

SEPARATORS = (": ", " ", " = ", ",", " is ", "=")
ENDS = ("\n", ".\n", ";\n")
SUFFIXES = (".txt", ".conf", ".csv", ".log")
WORDS = 0.6
"""Share of the names that are words as tasks have them."""
TIMES = 3
"""How often each line is said."""
LEAST, MOST = 3, 9
"""Lines."""


def drills(tokenizer: Tokenizer, count: int, seed: int) -> Iterator[Example]:
    """Yield so many sequences; learnt is what was said before."""
    draw = Drawing(random.Random(f"drill {seed}"), "train")
    for _ in range(count):
        ids, learnt = list[int](), list[bool]()
        lines = [tokenizer.encode(line) for line in _lines(draw)]
        for time in range(TIMES):
            for line in draw.chance.sample(lines, len(lines)):
                ids += line
                learnt += [time > 0] * len(line)
        yield Example(ids, learnt)


def _lines(draw: Drawing) -> list[str]:
    pick = draw.chance.choice
    separator, end = pick(SEPARATORS), pick(ENDS)
    names = {_name(draw) for _ in range(draw.chance.randint(LEAST, MOST))}
    return [f"{name}{separator}{_value(draw, name)}{end}" for name in sorted(names)]


def _name(draw: Drawing) -> str:
    """Return a word, or letters that none is made of: what is copied cannot be guessed."""
    return draw.word() if draw.chance.random() < WORDS else _letters(draw)


def _letters(draw: Drawing) -> str:
    return drawn(draw.split, lambda: _of_few(draw, ascii_lowercase, draw.chance.randint(3, 9)))


def _figure(draw: Drawing) -> str:
    cents = drawn(draw.split, lambda: int(_of_few(draw, digits, draw.chance.randint(3, 7))))
    return f"{cents / 100:.2f}"


def _of_few(draw: Drawing, letters: str, count: int) -> str:
    """Return so many letters, of all or of a few: where they come again, the last one does not tell the next."""
    return "".join(draw.chance.choices(draw.chance.sample(letters, draw.chance.randint(2, len(letters))), k=count))


def _value(draw: Drawing, name: str) -> str:
    values = (
        f"{draw.amount():.2f}",
        _figure(draw),
        _name(draw),
        str(draw.number(1, 9999)),
        name + draw.chance.choice(SUFFIXES),
    )
    return draw.chance.choice(values)
