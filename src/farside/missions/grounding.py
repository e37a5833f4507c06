"""Whether what a claim says stands in what was seen. Pure.

A number stands when it is in an output to the letter of its value. What one clause of a claim couples, a name and a
number, has to stand on one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from farside.tools.figures import clauses, numbers

SMALL = 10
"""Whole numbers below it are let through: they count what is in the sentence, or steps."""
SENTENCE = re.compile(r"(?:^|[.!?]\s+|\n\s*)\W*\w+")
WORD = re.compile(r"[^\W\d_]+")


def figures(text: str) -> set[float]:
    """Return the numbers of a text that have to stand somewhere, to two decimals."""
    found = {round(number, 2) for number in numbers(text)}
    return {number for number in found if abs(number) >= SMALL or number != int(number)}


def names(text: str) -> set[str]:
    """Return the capitalised words of a text that do not only begin a sentence."""
    return {word for word in WORD.findall(SENTENCE.sub(" ", text)) if word[0].isupper()}


def unfounded(claim: str, seen: Iterable[str]) -> list[float]:
    """Return the numbers of a claim that stand in none of the texts that were seen, in order."""
    known = set[float]().union(*map(figures, seen))
    return sorted(figures(claim) - known)


def agrees(claim: str, answer: str, goal: str) -> bool:
    """Tell whether a claim says what the answer says: the same numbers and names, coupled as there."""
    asked = figures(goal)
    return (
        figures(claim) - asked == figures(answer) - asked
        and names(answer) <= words(claim)
        and names(claim) <= words(answer) | words(goal)
        and all(coupled(clause, answer) for clause in clauses(claim))
    )


def words(text: str) -> set[str]:
    """Return the words of a text."""
    return set(WORD.findall(text))


def coupled(clause: str, answer: str) -> bool:
    """Tell whether the answer couples the names and numbers that a clause couples."""
    named, counted = names(clause), figures(clause)
    near = [part for part in clauses(answer) if counted and counted <= figures(part)]
    return not (named and near) or any(named <= words(part) for part in near)
