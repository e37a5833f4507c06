"""Drawing what tasks are made of: words, amounts, sentences, each of the split that is asked for."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from farside.train.tasks.split import Split, drawn, parted
from farside.train.tasks.task import Language

ONSETS = (
    "b",
    "br",
    "d",
    "f",
    "g",
    "gr",
    "h",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "z",
)
VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ou")
CODAS = ("", "", "l", "m", "n", "r", "s", "t", "nd", "rk")


@dataclass(frozen=True, slots=True)
class Drawing:
    """Chance, and the split that everything drawn must be of."""

    chance: random.Random
    split: Split

    def word(self) -> str:
        """Return a made-up word of two syllables."""
        return drawn(self.split, lambda: self._syllable() + self._syllable())

    def words(self, count: int) -> list[str]:
        """Return so many different words."""
        found: dict[str, None] = {}
        while len(found) < count:
            found[self.word()] = None
        return list(found)

    def amount(self, most: int = 900) -> float:
        """Return an amount with two decimals, below `most`."""
        return drawn(self.split, lambda: self.chance.randint(100, most * 100) / 100)

    def number(self, least: int, most: int) -> int:
        """Return a whole number; one that is held out where the range has any."""
        if most - least < 30:
            return self.chance.randint(least, most)
        return drawn(self.split, partial(self.chance.randint, least, most))

    def sentence(self, grammar: Sequence[Sequence[str]]) -> str:
        """Return one part of each slot, put together; the whole is of the split."""
        return self.chance.choice(parted(grammar, self.split))

    def language(self) -> Language:
        """Return English, or one time in four Chinese."""
        return "zh" if self.chance.random() < 0.25 else "en"

    def _syllable(self) -> str:
        pick = self.chance.choice
        return pick(ONSETS) + pick(VOWELS) + pick(CODAS)
