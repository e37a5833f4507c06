"""Real book folders for tests: a copy of the example, and a small one in Chinese."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from farside.missions.story.book.book import Book
from farside.missions.story.book.consistency import inconsistencies
from farside.missions.story.book.continuity import continuity
from farside.missions.story.book.finding import Finding
from farside.missions.story.book.folder import read_book
from tests.house.sources import ROOT

EXAMPLE = ROOT / "examples/salt-circus"
TIDE = Path(__file__).parent / "tide"
"""A small book in Chinese: one chapter of three."""


def copied(source: Path, folder: Path) -> Path:
    """Return a copy of a book that a test may change."""
    shutil.copytree(source, folder)
    return folder


def edited(folder: Path, name: str, old: str, new: str) -> Book:
    """Change a file by hand, as its author might; return the book as it is then."""
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return read_book(folder)


def found(book: Book) -> list[Finding]:
    """Return all that does not hold in a book."""
    return [*inconsistencies(book), *continuity(book)]


def told(findings: Iterable[Finding], language: str = "en") -> list[str]:
    """Return findings as lines."""
    return [finding.told(language) for finding in findings]
