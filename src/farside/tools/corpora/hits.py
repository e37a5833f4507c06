"""Asking an index: the best passages, each with the lines that say why."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from farside.tools.corpora.passages import lines_of
from farside.tools.corpora.words import UNSPACED, Query

AROUND = 1
"""Lines before and after the best one in a snippet."""
WIDTH = 240
"""Characters of a line that a snippet shows."""
STEM = 5
"""Characters of a word that a line must hold to count as holding it: the index knows words by their stem."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place in a file."""

    path: str
    first: int
    last: int
    snippet: str


@dataclass(frozen=True, slots=True)
class Hits:
    """What an index answers."""

    hits: tuple[Hit, ...]
    total: int
    """How many passages match, those shown included."""
    partial: bool
    """No passage has all terms; these have some."""


def search(connection: sqlite3.Connection, query: Query, most: int) -> Hits:
    """Return the best passages that hold all terms, or else those that hold some."""
    if not query.terms:
        return Hits((), 0, False)
    for expression, partial in ((query.all_of_them, False), (query.some_of_them, True)):
        (total,) = connection.execute("SELECT count(*) FROM words WHERE words MATCH ?", (expression,)).fetchone()
        if total:
            return Hits(_best(connection, expression, query, most), total, partial and len(query.terms) > 1)
    return Hits((), 0, False)


def _best(connection: sqlite3.Connection, expression: str, query: Query, most: int) -> tuple[Hit, ...]:
    rows = connection.execute(
        "SELECT files.path, passages.first, passages.text FROM words"
        " JOIN passages ON passages.id = words.rowid JOIN files ON files.id = passages.file"
        " WHERE words MATCH ? ORDER BY bm25(words, 2.0, 1.0), files.path, passages.first LIMIT ?",
        (expression, most),
    )
    return tuple(_hit(path, first, text, query) for path, first, text in rows)


def _hit(path: str, first: int, text: str, query: Query) -> Hit:
    lines = [line.rstrip("\n") for line in lines_of(text)] or [""]
    wanted = [re.compile(re.escape(stem), re.IGNORECASE) for stem in _stems(query)]
    best = max(range(len(lines)), key=lambda at: (sum(bool(each.search(lines[at])) for each in wanted), -at))
    start, end = max(0, best - AROUND), min(len(lines), best + AROUND + 1)
    while start < best and not lines[start].strip():
        start += 1
    while end > best + 1 and not lines[end - 1].strip():
        end -= 1
    shown = "\n".join(_window(line, wanted) for line in lines[start:end])
    return Hit(path, first + start, first + end - 1, shown)


def _stems(query: Query) -> list[str]:
    words = [word for term in query.terms for word in re.findall(r"\w+", term)]
    return [word if UNSPACED.search(word) else word[:STEM] for word in words]


def _window(line: str, wanted: list[re.Pattern[str]]) -> str:
    """Return a line, or where it is long the part of it around the first word that is wanted."""
    if len(line) <= WIDTH:
        return line
    places = [found.start() for each in wanted if (found := each.search(line))]
    start = max(0, min(places, default=0) - WIDTH // 3)
    part = line[start : start + WIDTH]
    return f"{'…' if start else ''}{part}{'…' if start + WIDTH < len(line) else ''}"
