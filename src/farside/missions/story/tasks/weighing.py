"""Weighing one reply: read the book, ask the step, write what it makes, say what comes next."""

from __future__ import annotations

from pathlib import Path

from farside.missions.story.book.folder import read_book, text_of, write_text
from farside.missions.story.tasks.steps import STEPS
from farside.missions.story.tasks.task import Desk, NotKept, Task

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
    try:
        made = steps[step](Desk(read_book(folder), task, reply, kept))
    except NotKept as refusal:
        return False, str(refusal)
    write_text(folder, f"{task.notes}/{step}.md", f"{reply.strip()}\n")
    for name, text in made.files.items():
        if not (ONCE in Path(name).with_suffix("").parts and text_of(folder, name)):
            write_text(folder, name, text)
    return True, made.told
