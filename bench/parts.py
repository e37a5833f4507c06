"""The data that the context benchmark has its agents look through: numbered parts, each with a code of its own."""

from __future__ import annotations

import random

GOAL = "Look at all parts in order. Some part will ask for the code of an earlier one: name it in the end."
FILLER = """
amber basin cedar delta ember fjord grove heath inlet jetty kelp larch marsh north ocean pine quartz ridge shale tidal
upper vale water yarrow zone
"""
WORDS = FILLER.split()


def code(number: int) -> int:
    """Return the code of a part."""
    return random.Random(f"code {number}").randrange(10**7, 10**8)


def part(number: int, characters: int, asks_for: int = 0) -> str:
    """Return the text of a part, `characters` long; it may ask for the code of another."""
    head = f"Part {number}. The code of part {number} is {code(number)}."
    asked = f" Now the code of part {asks_for} is needed." if asks_for else ""
    chosen = random.Random(number)
    body = " ".join(chosen.choice(WORDS) for _ in range(characters // 4))
    return f"{head}{asked}\n{body}"[:characters]
