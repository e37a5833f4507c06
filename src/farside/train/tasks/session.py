"""What lessons have in common: cells that keep the state in the Python session, and slips to recover from."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from importlib.resources import files

from farside.train.tasks.task import Turn

SLIPS = 0.04
"""Share of the steps at which a wrong turn is taken first."""
TURNS = (1, 1, 2)
"""How many are taken then."""
SAID = 0.6
"""Share of the wrong turns that are thought wrongly, too: else the call alone is wrong."""
Go = Callable[[str, str], Turn]
"""Takes the name that is thought, and that which is called."""
OVER = {"en": "The last, done.", "zh": "到头了,完成。"}
"""The thought when the session has said that there is no more."""


def answered(language: str, en: tuple[str, str], zh: tuple[str, str]) -> Turn:
    """Return the last turn: a thought and the answer, in the language of the goal."""
    thinking, text = zh if language == "zh" else en
    return Turn(thinking, text=text)


def ended(language: str, en: str, zh: str) -> Turn:
    """Return the last turn where the session has said that there is no more."""
    return answered(language, (OVER["en"], en), (OVER["zh"], zh))


def cell(name: str) -> str:
    """Return a cell of a lesson: tasks/cells/NAME.txt. Most have braces to fill in."""
    return (files(__package__) / "cells" / f"{name}.txt").read_text(encoding="utf-8").strip()


def walked(language: str) -> Generator[Turn, str, str]:
    """Define how values are added and the next file is shown; return what that printed: the first file."""
    thinking = "逐个读取文件,在会话里累加。" if language == "zh" else "I read file by file and add up in the session."
    return (yield Turn(thinking, "python", {"code": cell("adding")}))


def followed(chain: Sequence[str], shown: str, go: Go, seed: int) -> Generator[Turn, str, str]:
    """Go to each file that the one before names, the first that `shown` names; return what the last showed.

    A wrong turn misspells the name, in the call alone or in the thought already.
    """
    wrong, chance = slips(seed, len(chain)), random.Random(seed)
    for at, name in enumerate(chain):
        assert name in shown
        for _ in range(chance.choice(TURNS) if at in wrong else 0):
            if (other := misspelt(name, chance)) not in chain:
                said = other if chance.random() < SAID else name
                yield replace(go(said, other), learn=False)
        shown = yield go(name, name)
    return shown


def misspelt(name: str, chance: random.Random) -> str:
    """Return a name as it is written wrongly: a letter lost, twice, or in another place; the end lost; an echo."""
    stem, dot, end = name.rpartition(".")
    at = chance.randrange(len(stem) - 1)
    here, there = stem[at], stem[at + 1]
    ways = {stem[:at] + stem[at + 1 :], stem[:at] + here + stem[at:], stem[:at] + there + here + stem[at + 2 :]}
    echo = echoed(stem, chance)
    return chance.choice((stem, *(way + dot + end for way in (*sorted(ways), echo, echo) if way != stem)))


def echoed(text: str, chance: random.Random) -> str:
    """Return a text as it is copied by one who knows but the last letter: from one that comes twice behind the other.

    What lies between is left out or said again. Where no letter comes twice, the text.
    """
    twice = [(at, to) for to, letter in enumerate(text) for at in range(to) if text[at] == letter]
    if not twice:
        return text
    at, to = chance.choice(twice)
    return chance.choice((text[:at] + text[to:], text[:to] + text[at:]))


def slips(seed: int, length: int) -> frozenset[int]:
    """Return at which of so many steps a wrong turn is taken."""
    chance = random.Random(seed)
    return frozenset(at for at in range(length) if chance.random() < SLIPS)
