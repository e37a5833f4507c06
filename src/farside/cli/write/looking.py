"""What is printed of a book that is looked at."""

from __future__ import annotations

import sys
from pathlib import Path

from farside.cli.ending import BROKEN
from farside.cli.figures import count
from farside.cli.plain_text import safe
from farside.errors import FarsideError
from farside.missions.story.book.consistency import inconsistencies
from farside.missions.story.book.continuity import continuity
from farside.missions.story.book.folder import book_option, read_book
from farside.missions.story.export.writing import export, refuse_own
from farside.missions.story.text.scores import places, scored, table
from farside.missions.story.text.words import unit

HEADS = {
    "form": "The folder contradicts itself:",
    "broken": "The text contradicts the bible or the ledger:",
    "note": "To look at:",
}


def print_check(folder: Path) -> int:
    """Print what does not hold in a book; return the exit code.

    Raises:
        FarsideError: there is no book, or it cannot be read.
    """
    book = read_book(folder)
    found = [*inconsistencies(book), *continuity(book)]
    for weight, head in HEADS.items():
        lines = [finding.told() for finding in found if finding.weight == weight]
        if lines:
            print(safe("\n".join([head, *(f"  {line}" for line in lines), ""])))
    wrong = [finding for finding in found if finding.weight != "note"]
    facts = sum(len(each.facts) for each in book.facts.values())
    looked = f"{count(len(book.chapters), 'chapter')}, {count(facts, 'fact')}, {count(len(book.seeds), 'seed')}"
    print(f"{looked}, {count(len(book.rules), 'rule')}: " + (f"{len(wrong)} do not hold." if wrong else "all holds."))
    if wrong:
        print(
            f"Mend the places, or give a reason in {folder / 'intended.md'}: - {wrong[-1].key}: WHY", file=sys.stderr
        )
    return BROKEN if wrong else 0


def print_scores(folder: Path, number: int) -> None:
    """Print the scores of a chapter, or of all, and the places behind them.

    Raises:
        FarsideError: there is no book, or no such chapter.
    """
    book = read_book(folder)
    chapters = [chapter for chapter in book.chapters if number in (0, chapter.number)]
    if not chapters:
        which = f"Chapter {number} is not written." if number else "The book has no chapter yet."
        raise FarsideError(which, f"Write it: farside write draft {number or 1} {book_option(folder)}")
    found = [scored(chapter, book.language) for chapter in chapters]
    print(table(found, book.language))
    print(
        f"\nCounted in {unit(book.language)}. Less is better, save for distinct-2, MATTR. Sources: docs/MISSIONS.md."
    )
    for each, chapter in zip(found, chapters, strict=True):
        lines = list(places(each, chapter.file))
        if lines:
            print(safe("\n" + "\n".join(lines)))


def print_exported(folder: Path, file: Path) -> None:
    """Export a book, and say where.

    Raises:
        FarsideError: there is no book, no such format, or the file is one of the book or cannot be written.
    """
    book = read_book(folder)
    refuse_own(folder, file)
    export(book, file)
    print(f"{file} has {count(len(book.chapters), 'chapter')} of {len(book.outline) or len(book.chapters)}.")
