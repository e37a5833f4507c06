"""Weighing one reply: read the book, ask the step, write what it makes, say what comes next."""

from __future__ import annotations

from pathlib import Path

from farside.missions.story.book.book import Book
from farside.missions.story.book.facts import hashed
from farside.missions.story.book.folder import read_book, text_of, write_text
from farside.missions.story.tasks.steps import STEPS
from farside.missions.story.tasks.task import Desk, Kept, NotKept, Task, said

ONCE = "before"
"""What stood before a change is kept once: a call that runs again after a crash does not see it any more."""


def weigh(folder: Path, task: Task, step: str, reply: str) -> tuple[bool, str]:
    """Return whether a reply to a step is kept, and what to say of it. Twice is once.

    Raises:
        FarsideError: the book cannot be read or written.
    """
    steps = STEPS[task.name]
    names = (*steps, "text", ONCE)
    kept = {name: text for name in names if (text := text_of(folder, f"{task.notes}/{name}.md"))}
    book = read_book(folder)
    try:
        made = steps[step](Desk(book, task, reply, kept))
    except NotKept as refusal:
        return False, str(refusal)
    write_text(folder, f"{task.notes}/{step}.md", f"{reply.strip()}\n")
    for name, text in made.files.items():
        if not (ONCE in Path(name).with_suffix("").parts and text_of(folder, name)):
            write_text(folder, name, text)
    others = changed_beside(book, task, made) if step == tuple(steps)[-1] else []
    return True, "\n".join([made.told, *([said(book, "changed_beside", files=", ".join(others))] if others else [])])


def changed_beside(book: Book, task: Task, made: Kept) -> list[str]:
    """Return the files that somebody changed since the task began and that are none of its own.

    It may have been the author. Or the model, which can write files: a bible that was loosened so that a chapter
    keeps to it is reported.
    """
    own = {*made.files, *(chapter.file for chapter in book.chapters if chapter.number == task.chapter)}
    stood = {name: known for known, name in (line.split(" ", 1) for line in task.stood)}
    names = sorted({*stood, *book.files} - own) if stood else []
    return [
        name
        for name in names
        if not name.startswith("notes/")
        and stood.get(name) != (hashed(book.files[name]) if name in book.files else "")
    ]
