"""What lessons have in common: cells that keep the state in the Python session, and slips to recover from."""

from __future__ import annotations

import random
from collections.abc import Generator, Sequence
from importlib.resources import files

from farside.train.tasks.task import Turn

SLIPS = 0.04
"""Share of the steps at which a wrong turn is taken first."""


OVER = {"en": "0 left, done.", "zh": "剩 0,完成。"}
"""The thought when the session has counted down."""


def answered(language: str, en: tuple[str, str], zh: tuple[str, str]) -> Turn:
    """Return the last turn: a thought and the answer, in the language of the goal."""
    thinking, text = zh if language == "zh" else en
    return Turn(thinking, text=text)


def cell(name: str) -> str:
    """Return a cell of a lesson: tasks/cells/NAME.txt. Most have braces to fill in."""
    return (files(__package__) / "cells" / f"{name}.txt").read_text(encoding="utf-8").strip()


def walked(language: str) -> Generator[Turn, str, str]:
    """Define how values are added and the next file is shown; return what that printed: the first file."""
    thinking = "逐个读取文件,在会话里累加。" if language == "zh" else "I read file by file and add up in the session."
    return (yield Turn(thinking, "python", {"code": cell("adding")}))


def followed(chain: Sequence[str], thinking: str, seed: int) -> Generator[Turn, str, str]:
    """Read each file that the one before names, thinking with `{name}` filled in; return the text of the last.

    A wrong turn misspells the name.
    """
    wrong, shown, chance = slips(seed, len(chain)), chain[0], random.Random(seed)
    for at, name in enumerate(chain):
        assert name in shown
        thought = thinking.format(name=name)
        if at in wrong and (other := misspelt(name, chance)) not in chain:
            yield Turn(thought, "read_file", {"path": other}, learn=False)
        shown = yield Turn(thought, "read_file", {"path": name})
    return shown


def misspelt(name: str, chance: random.Random) -> str:
    """Return a name as it is written wrongly: a letter lost, twice, or in another place; the end lost."""
    stem, dot, end = name.rpartition(".")
    at = chance.randrange(len(stem) - 1)
    here, there = stem[at], stem[at + 1]
    ways = (stem[:at] + stem[at + 1 :], stem[:at] + here + stem[at:], stem[:at] + there + here + stem[at + 2 :])
    return chance.choice((stem, *(way + dot + end for way in ways if way != stem)))


def slips(seed: int, length: int) -> frozenset[int]:
    """Return at which of so many steps a wrong turn is taken."""
    chance = random.Random(seed)
    return frozenset(at for at in range(length) if chance.random() < SLIPS)
