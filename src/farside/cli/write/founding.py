"""Beginning a book, and telling how one stands."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from string import Template

from farside.cli.figures import count
from farside.cli.plain_text import safe
from farside.cli.run_options import RunOptions
from farside.cli.write.working import run_task
from farside.errors import FarsideError
from farside.missions.story.book.book import FRONT, LANGUAGES, OUTLINE, RULES, Book
from farside.missions.story.book.consistency import inconsistencies
from farside.missions.story.book.continuity import continuity
from farside.missions.story.book.folder import book_option, read_book, write_text
from farside.missions.story.book.kinds import kind
from farside.missions.story.book.page import parsed, with_field
from farside.missions.story.tasks.task import Task
from farside.missions.story.text.words import CJK, unit
from farside.missions.story.text.words import count as count_words

FRONTS = {language: Path(__file__).with_name(f"front.{language}.md") for language in ("en", "zh")}


def found(premise: str, folder: Path, language: str, chapters: int, options: RunOptions) -> int:
    """Make the folder of a book and let the agent found it; return the exit code.

    Raises:
        FarsideError: the folder is in use, the language is unknown, or the run cannot begin.
    """
    chosen = language.lower() or ("zh" if len(re.findall(f"[{CJK}]", premise)) * 2 > len(premise) else "en")
    if chosen not in LANGUAGES:
        raise FarsideError(f"The language {language} is not known.", "Name en or zh with --language.")
    _refuse_in_use(folder)
    text = Template(FRONTS[LANGUAGES[chosen]].read_text(encoding="utf-8")).substitute(premise=premise.strip())
    if chapters:
        field = kind("book").written("chapters", LANGUAGES[chosen])
        text = with_field(text, parsed(FRONT, text).head, field, str(chapters))
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FarsideError(
            f"{folder} cannot be made ({error.strerror}).", "Name another folder with --book."
        ) from error
    write_text(folder, FRONT, text)
    try:
        return run_task(Task("begin", notes="notes/begin"), read_book(folder), replace(options, folder=folder))
    except FarsideError as error:
        if getattr(error, "exit_code", 2) == 2:  # nothing was started: no trace is left
            (folder / FRONT).unlink()
            if made:
                folder.rmdir()
        raise


def print_standing(folder: Path) -> None:
    """Print how a book stands, and what comes next.

    Raises:
        FarsideError: there is no book, or it cannot be read.
    """
    book = read_book(folder)
    words = sum(count_words(chapter.prose) for chapter in book.chapters)
    due = [seed for seed in book.seeds if not seed.paid]
    wrong = [each for each in (*inconsistencies(book), *continuity(book)) if each.weight != "note"]
    print(safe(f"{book.title} ({book.language})"))
    print(f"{len(book.chapters)} of {count(book.length, 'chapter')} written, {words:,} {unit(book.language)}")
    rules, seeds = count(len(book.rules), "rule"), count(len(book.seeds), "seed")
    print(f"{len(book.people)} people, {rules}, {len(due)} of {seeds} open")
    for seed in sorted(due, key=lambda seed: seed.due or 0):
        print(safe(f"  {seed.id} {seed.title}: planted in {seed.planted}, due in {seed.due}"))
    print(f"{len(wrong)} do not hold: farside write check {book_option(folder)}" if wrong else "Everything holds.")
    print(f"Next: {_next(book, folder)}")


def _next(book: Book, folder: Path) -> str:
    if not unfounded(book):
        left = next((plan.number for plan in book.outline if book.chapter(plan.number) is None), None)
        more = "outline" if len(book.outline) < book.length else "export book.epub"
        return f"farside write {f'draft {left}' if left else more} {book_option(folder)}"
    return f'farside write "PREMISE" {book_option(folder)}'


def unfounded(book: Book) -> bool:
    """Tell whether a book has nothing but its premise."""
    return not any(book.files.get(name, "").strip() for name in (RULES, OUTLINE))


def _refuse_in_use(folder: Path) -> None:
    """A folder is taken that is new, empty, or holds a book that was never founded."""
    if folder.exists() and not folder.is_dir():
        raise FarsideError(f"{folder} is not a folder.", "Name another with --book.")
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set[str]()
    if FRONT in names and not unfounded(read_book(folder)):
        raise FarsideError(
            f"{folder} holds a book already.",
            f"How it stands: farside write {book_option(folder)}. Begin another elsewhere.",
        )
    if names - {FRONT, "notes", "bible"}:
        raise FarsideError(f"{folder} is not empty.", "Name a new folder with --book.")
