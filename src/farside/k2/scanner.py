"""Finds control tokens that come as text: all of them where only text is known, else those that have no id."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from farside.k2.control import Control, Piece


class Scanner:
    """Makes `Control` pieces of the names that stand in text; what may begin a name waits for the rest."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = re.compile("(" + ("|".join(map(re.escape, sorted(names))) or "(?!)") + ")")
        self._longest = max(map(len, names), default=0)
        self._begun = {name[:length] for name in names for length in range(1, len(name))}
        self._waiting = ""

    def feed(self, pieces: Iterable[Piece]) -> list[Piece]:
        """Return what is certain by now."""
        found: list[Piece] = []
        for piece in pieces:
            if isinstance(piece, str):
                found += self._split(self._waiting + piece)
            else:
                found += [*self.finish(), piece]
        return found

    def finish(self) -> list[Piece]:
        """Return what waited: the name did not go on."""
        rest, self._waiting = self._waiting, ""
        return [rest] if rest else []

    def _split(self, text: str) -> list[Piece]:
        cut: list[Piece] = [
            Control(part) if index % 2 else part for index, part in enumerate(self._names.split(text))
        ]
        last = str(cut.pop())
        begun = self._begun_at(last)
        self._waiting = last[begun:]
        return [piece for piece in (*cut, last[:begun]) if piece]

    def _begun_at(self, text: str) -> int:
        """Return the first place where a name may have begun."""
        for start in range(max(0, len(text) - self._longest + 1), len(text)):
            if text[start:] in self._begun:
                return start
        return len(text)
