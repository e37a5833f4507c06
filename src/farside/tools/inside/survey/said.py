"""What a text says of a table, which outputs agree, and whether a sentence says no more than an output. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from farside.tools.figures import Value, clauses, numbers
from farside.tools.inside.survey.profile import FILE


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says of a table: its numbers, and which texts of the table it names."""

    numbers: frozenset[float]
    names: frozenset[str]

    def __le__(self, other: Said) -> bool:
        """Tell whether the other says all of this."""
        return self.numbers <= other.numbers and self.names <= other.names


class Ear:
    """Hears what a text says of one table. The names of the files are no names: each stands in one row alone."""

    def __init__(self, rows: Sequence[Mapping[str, Value]]) -> None:
        texts = {v for row in rows for column, v in row.items() if column != FILE and isinstance(v, str)}
        self._names = {text: re.compile(rf"(?<!\w){re.escape(text)}(?!\w)") for text in texts}

    def __call__(self, text: str) -> Said:
        """Return what the text says."""
        named = frozenset(name for name, pattern in self._names.items() if name in text and pattern.search(text))
        return Said(frozenset(round(number, 2) for number in numbers(text)), named)


def agree(one: Said, other: Said) -> bool:
    """Tell whether two outputs name the same and one of them says all numbers of the other, which has some."""
    if one.names != other.names:
        return False
    if one.numbers == other.numbers:
        return bool(one.numbers or one.names)
    less, more = sorted((one.numbers, other.numbers), key=len)
    return bool(less) and less < more


def beyond(one: Said, other: Said) -> bool:
    """Tell whether an output agrees with another and says more."""
    return agree(one, other) and not one <= other


def backed(outputs: Sequence[Said]) -> list[int]:
    """Return which outputs agree with another that holds all their numbers, those first that say most."""
    found = [
        index
        for index, one in enumerate(outputs)
        if any(at != index and agree(one, other) and one <= other for at, other in enumerate(outputs))
    ]
    return sorted(found, key=lambda index: -len(outputs[index].numbers))


def grounded(words: str, output: str, hear: Ear) -> bool:
    """Tell whether all that is said stands in the output, and what one clause couples, on one line of it."""
    lines = [hear(line) for line in output.splitlines()]
    couples = [said for said in map(hear, clauses(words)) if said.numbers and said.names]
    return hear(words) <= hear(output) and all(any(said <= line for line in lines) for said in couples)
