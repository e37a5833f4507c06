"""Texts of one shape: the same kinds of words and marks follow each other in the same way. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

ALIKE = 0.45
"""Mean likeness from which a text belongs to a group; one layout has 0.75 to 1.0 with itself, two have under 0.3."""
LENGTH = 4
"""Tokens of a gram."""
COMPARED = 20
"""Members of a group that a text is compared with."""
TOKEN = re.compile(r"[0-9][0-9.,]*|[^\W\d_]+|\n\s*|[ \t]+|[^\w\s]|_")

Grams = frozenset[tuple[str, ...]]


def shapes(texts: Mapping[str, str]) -> list[list[str]]:
    """Return the names of the texts in groups of one shape each, the largest first."""
    groups: list[list[tuple[str, Grams]]] = []
    for name, text in texts.items():
        own = grams(text)
        near = [(nearness(own, group), group) for group in groups]
        best = max(near, key=lambda found: found[0], default=(0.0, []))
        if best[0] >= ALIKE:
            best[1].append((name, own))
        else:
            groups.append([(name, own)])
    return sorted(([name for name, _ in group] for group in groups), key=len, reverse=True)


def nearness(own: Grams, group: list[tuple[str, Grams]]) -> float:
    """Return the mean share of grams that a text has in common with the members of a group, 0 to 1."""
    compared = group[:COMPARED]
    return sum(len(own & other) / len(own | other) for _, other in compared) / len(compared)


def grams(text: str) -> Grams:
    """Return the runs of LENGTH kinds of tokens that a text holds; equal neighbours count once."""
    kinds: list[str] = []
    for token in TOKEN.findall(text):
        if not kinds or kinds[-1] != kind(token):
            kinds.append(kind(token))
    return frozenset(tuple(kinds[at : at + LENGTH]) for at in range(max(1, len(kinds) - LENGTH + 1)))


def kind(token: str) -> str:
    """Return what a token is: a number, a break, a word by its letters' case; any other mark is its own kind."""
    if token[0].isdigit():
        return "9"
    if token[0] == "\n":
        return "\n" if token[-1] == "\n" else "\n "
    if token.isspace():
        return " "
    if token.isalpha():
        return "a" if token.islower() else "U" if token.isupper() else "T"
    return token
