"""Letting the agent work on a book: the task, its goal in words, and the run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from farside.cli.foreground import start
from farside.cli.run_options import RunOptions
from farside.cli.write.book_option import sound_book
from farside.errors import FarsideError
from farside.missions.story.book.book import Book
from farside.missions.story.book.facts import hashed
from farside.missions.story.book.folder import book_option
from farside.missions.story.goal import goal
from farside.missions.story.tasks.drafting import length
from farside.missions.story.tasks.reply import numbers
from farside.missions.story.tasks.task import Task

MISSIONS = {"en": "story", "zh": "story-zh"}


def work(
    name: str,
    folder: Path,
    options: RunOptions,
    *,
    chapter: int = 0,
    request: str = "",
    paragraphs: str = "",
    at_most: float = 10.0,
) -> int:
    """Let the agent do a task on a book; return the exit code.

    Raises:
        FarsideError: the book contradicts itself, the task does not fit it, or the run cannot begin.
    """
    book = sound_book(folder)
    fits = {"draft": _drafted, "revise": _revised, "facts": _read, "criticise": _criticised}.get(name)
    task = Task(name, chapter, request.strip(), at_most=at_most, paragraphs=_only(paragraphs))
    task = fits(book, task, folder) if fits else task
    return run_task(replace(task, notes=task.notes or _notes(folder, name)), book, replace(options, folder=folder))


def run_task(task: Task, book: Book, options: RunOptions) -> int:
    """Begin a run that does a task in the folder of the options; return the exit code."""
    if task.name != "begin":
        task = replace(task, stood=tuple(f"{hashed(text)} {name}" for name, text in book.files.items()))
    settings = options.settings(MISSIONS[book.language], dict(task.options))
    return start(goal(book, task), settings, options.json)


def _drafted(book: Book, task: Task, folder: Path) -> Task:
    number = task.chapter or next((plan.number for plan in book.outline if book.chapter(plan.number) is None), 0)
    if book.planned(number) is None:
        which = f"outline.md has no chapter {number}." if number else "Every chapter of the outline is written."
        raise FarsideError(which, f"Add to {folder / 'outline.md'}, or: farside write outline {book_option(folder)}")
    written = book.chapter(number)
    if written:
        raise FarsideError(
            f"Chapter {number} is written: {written.file}.",
            f'Change it: farside write revise {number} "…" {book_option(folder)}. '
            "Or move the file away and draft it anew.",
        )
    return replace(task, chapter=number, notes=f"notes/chapter-{number:02}", words=length(book, number))


def _read(book: Book, task: Task, folder: Path) -> Task:
    chapter = book.chapter(task.chapter)
    if chapter is None:
        raise FarsideError(
            f"Chapter {task.chapter} is not written.", f"farside write draft {task.chapter} {book_option(folder)}"
        )
    return replace(task, was=hashed(chapter.text))


def _revised(book: Book, task: Task, folder: Path) -> Task:
    if not task.request:
        raise FarsideError("It is not said what is to change.", 'farside write revise CHAPTER "REQUEST"')
    read, chapter = _read(book, task, folder), book.chapter(task.chapter)
    last = len(chapter.paragraphs) if chapter else 0
    if max(task.paragraphs, default=0) > last:
        raise FarsideError(f"Chapter {task.chapter} has {last} paragraphs.", "Name others with --paragraphs.")
    return read


def _criticised(book: Book, task: Task, folder: Path) -> Task:
    if not task.request:
        raise FarsideError("It is not said what is wrong.", 'farside write criticise "…"')
    if not book.premise:
        raise FarsideError("book.md holds no premise to start over from.", f"Write it into {folder / 'book.md'}.")
    return task


def _only(text: str) -> tuple[int, ...]:
    found = tuple(dict.fromkeys(numbers(text)))
    if text and (not found or 0 in found):
        raise FarsideError(f"{text} names no paragraphs.", "Name them like this: --paragraphs 3,7-8")
    return found


def _notes(folder: Path, name: str) -> str:
    """Return the next folder of its kind below notes/."""
    number = 1
    while (folder / f"notes/{name}-{number}").exists():
        number += 1
    return f"notes/{name}-{number}"
