"""What a model is shown of a book before it begins a task: what the task needs, as it stands in the files. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from farside.missions.story.book.bible import called
from farside.missions.story.book.book import (
    FORMS,
    FRONT,
    LEDGER,
    MINOR,
    OBJECTS,
    OUTLINE,
    PEOPLE,
    PLACES,
    RULES,
    SECRETS,
    THEMES,
    WORLD,
    Book,
)
from farside.missions.story.book.chapter import Chapter
from farside.missions.story.book.page import Entry, lines_of, parsed
from farside.missions.story.tasks.task import Task

BIBLE = (WORLD, RULES, PEOPLE, MINOR, PLACES, OBJECTS, SECRETS, THEMES)
TAIL = 2_400
"""Characters of the chapter before that are shown."""


def brief(book: Book, task: Task) -> str:
    """Return the parts of the book that a task needs, each under the name of its file."""
    parts = {
        "begin": _premise,
        "brainstorm": _whole,
        "criticise": _whole,
        "outline": _whole,
        "draft": _drafting,
        "revise": _revising,
        "facts": _drawing,
    }[task.name](book, task)
    return "\n\n".join(f"=== {name}\n{text.strip()}" for name, text in parts if text.strip())


def numbered(chapter: Chapter) -> str:
    """Return a chapter with the number of each paragraph in front of it."""
    return "\n\n".join(f"[{paragraph.number}] {paragraph.text}" for paragraph in chapter.paragraphs)


Parts = Iterator[tuple[str, str]]


def _premise(book: Book, task: Task) -> Parts:
    yield FRONT, book.files[FRONT]


def _whole(book: Book, task: Task) -> Parts:
    for name in (FRONT, *BIBLE, OUTLINE, LEDGER):
        yield name, book.files.get(name, "")


def _drafting(book: Book, task: Task) -> Parts:
    """Yield what bears on one chapter: its people and places, all rules, the outline around it, the open seeds."""
    plan = book.planned(task.chapter)
    people = _kept(book, PEOPLE, plan.people if plan else ())
    yield FRONT, book.files[FRONT]
    yield from ((name, book.files.get(name, "")) for name in (WORLD, RULES, THEMES))
    yield PEOPLE, people
    yield MINOR, _kept(book, MINOR, plan.people if plan else ())
    yield PLACES, _kept(book, PLACES, plan.places if plan else ())
    yield from ((name, book.files.get(name, "")) for name in (OBJECTS, SECRETS))
    yield OUTLINE, _sliced(book, OUTLINE, _near(book, task.chapter))
    yield LEDGER, _sliced(book, LEDGER, _open(book, task.chapter))
    before = book.chapter(task.chapter - 1)
    if before:
        yield f"{before.file} (…)", before.text[-TAIL:]


def _near(book: Book, number: int) -> Callable[[Entry], bool]:
    """Chapters up to the next one: what comes later is none of the chapter's business."""
    lines = {plan.entry.line for plan in book.outline if plan.number <= number + 1}
    return lambda entry: entry.line in lines


def _open(book: Book, number: int) -> Callable[[Entry], bool]:
    """Seeds that are planted up to this chapter and not paid before it."""
    lines = {
        seed.entry.line
        for seed in book.seeds
        if (seed.planted or 0) <= number and not (seed.paid and seed.paid < number)
    }
    return lambda entry: entry.line in lines


def _revising(book: Book, task: Task) -> Parts:
    chapter = book.chapter(task.chapter)
    yield from _drafting(book, task)
    if chapter:
        yield chapter.file, numbered(chapter)


def _drawing(book: Book, task: Task) -> Parts:
    """Yield names and numbers, and the text. What the bible says of them is left out: the text alone speaks."""
    chapter = book.chapter(task.chapter)
    for name in (PEOPLE, MINOR, PLACES, OBJECTS):
        yield name, "\n".join(" = ".join(each.names) for each in book.named if each.file == name)
    for name in (SECRETS, LEDGER):
        yield name, "\n".join(entry.name for entry in parsed(name, book.files.get(name, "")).entries)
    yield OUTLINE, _sliced(book, OUTLINE, lambda entry: entry.line in _lines_of(book, task.chapter))
    if chapter:
        yield chapter.file, chapter.text


def _lines_of(book: Book, number: int) -> set[int]:
    return {plan.entry.line for plan in book.outline if plan.number == number}


def _kept(book: Book, path: str, names: Iterable[str]) -> str:
    """Return those entries of a file that are called by one of the names; all where there are no names."""
    found = [called(book.named, name) for name in names]
    lines = {each.entry.line for each in found if each and each.file == path}
    return _sliced(book, path, lambda entry: entry.line in lines) if found else book.files.get(path, "")


def _sliced(book: Book, path: str, wanted: Callable[[Entry], bool]) -> str:
    """Return the head of a file and those of its entries that are wanted, as they are written."""
    assert path in FORMS
    text = book.files.get(path, "")
    lines, entries = lines_of(text), parsed(path, text).entries
    ends = [entry.line - 1 for entry in entries[1:]] + [len(lines)]
    kept = [lines[: entries[0].line - 1]] if entries else [lines]
    kept += [lines[entry.line - 1 : end] for entry, end in zip(entries, ends, strict=False) if wanted(entry)]
    return "\n".join(line for part in kept for line in part)
