"""One task, its steps, and what weighing a reply brings."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template

from farside.missions.story.book.book import Book
from farside.missions.story.book.finding import Finding

MANY = 12
"""Findings that are told at once."""


@dataclass(frozen=True, slots=True)
class Task:
    """What was asked for. The journal keeps it as options of the run."""

    name: str
    """begin, brainstorm, criticise, draft, revise or facts."""
    chapter: int = 0
    request: str = ""
    """The author's own words."""
    notes: str = ""
    """Where the steps are kept, below the book's folder."""
    was: str = ""
    """Hash of the chapter's text when the task began; "" = there was none."""
    paragraphs: tuple[int, ...] = ()
    """Those that a revision may touch; empty = those that it names itself."""
    at_most: float = 10.0
    """Percent of the chapter's words that a revision may change."""
    words: int = 0
    """Wanted length of the chapter."""
    stood: tuple[str, ...] = ()
    """The book's files when the task began, each as `HASH PATH`."""

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Return it as text, for the journal."""
        numbers = ",".join(map(str, self.paragraphs))
        values = {
            **{"task": self.name, "chapter": str(self.chapter), "request": self.request, "notes": self.notes},
            **{"was": self.was, "paragraphs": numbers, "at_most": f"{self.at_most:g}"},
            **{"words": str(self.words), "stood": "\n".join(self.stood)},
        }
        return tuple(values.items())


def task_of(options: Iterable[tuple[str, str]]) -> Task:
    """Return the task that a journal's options name."""
    values = dict(options)
    return Task(
        values["task"],
        int(values["chapter"]),
        values["request"],
        values["notes"],
        values["was"],
        tuple(int(number) for number in values["paragraphs"].split(",") if number),
        float(values["at_most"]),
        int(values["words"]),
        tuple(values["stood"].splitlines()),
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies before whoever weighs a reply."""

    book: Book
    task: Task
    reply: str
    kept: Mapping[str, str] = field(default_factory=dict)
    """The replies of earlier steps, by step."""

    def say(self, kind: str, **values: object) -> str:
        """Return a sentence in the language of the book."""
        return said(self.book, kind, **values)


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply that is taken, with the files that it makes."""

    files: Mapping[str, str]
    told: str


class NotKept(Exception):
    """A reply that has to be written again: a sentence for the model, in the language of the book."""


Weigh = Callable[[Desk], Kept]


def said(book: Book, kind: str, **values: object) -> str:
    """Return a sentence of said.toml in the language of a book."""
    return Template(_sentences()[kind][book.language]).substitute({key: str(value) for key, value in values.items()})


def listing(book: Book, findings: Iterable[Finding]) -> str:
    """Return findings as lines in the language of a book, at most `MANY`."""
    lines = [f"- {finding.told(book.language)}" for finding in findings]
    more = [said(book, "more", count=len(lines) - MANY)] if len(lines) > MANY else []
    return "\n".join([*lines[:MANY], *more])


@cache
def _sentences() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = tomllib.loads(
        Path(__file__).with_name("said.toml").read_text(encoding="utf-8")
    )
    return table
