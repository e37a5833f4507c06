"""What a task leaves behind: its files, or, when it did not come to its end, what there is, marked as a part."""

from __future__ import annotations

from pathlib import Path

from farside.agent.mission import Delivered
from farside.agent.state import RunState
from farside.missions.story.book.book import LEDGER, OUTLINE
from farside.missions.story.book.folder import read_book, text_of, write_text
from farside.missions.story.tasks.revising import HISTORY
from farside.missions.story.tasks.task import Task, said


def delivered(state: RunState, task: Task, kept: list[str]) -> Delivered | None:
    """Return what a run that has ended made of a book.

    Raises:
        FarsideError: the book cannot be read or written.
    """
    folder = Path(state.settings.workspace)
    part = f"{task.notes}/partial.md"
    if state.status == "finished":
        (folder / part).unlink(missing_ok=True)
        return Delivered(tuple(folder / name for name in made(folder, task)), "In the book:")
    write_text(folder, part, partial(folder, state, task, kept))
    steps = f"The steps {', '.join(kept)} are done" if kept else "No step is done"
    return Delivered((folder / part,), f"Only a part. {steps}; what there is:")


def made(folder: Path, task: Task) -> tuple[str, ...]:
    """Return the files that a finished task is about, the one to look at first."""
    chapter = read_book(folder).chapter(task.chapter)
    facts = read_book(folder).facts.get(task.chapter)
    match task.name:
        case "begin" | "criticise":
            return ("bible/rules.md", "outline.md", "ledger.md")
        case "outline":
            return (OUTLINE, LEDGER)
        case "brainstorm":
            return (f"{task.notes}/ideas.md", f"{task.notes}/choice.md")
        case "revise" if chapter:
            return (chapter.file, HISTORY)
        case "facts" if facts:
            return (facts.file,)
    return tuple(each.file for each in (chapter, facts) if each)


def partial(folder: Path, state: RunState, task: Task, kept: list[str]) -> str:
    """Return what there is: the last words, which nobody has weighed, and the text or step that was kept last."""
    names = [*(["text"] if "draft" in kept else []), *reversed(kept)]
    best = next((text for name in names if (text := text_of(folder, f"{task.notes}/{name}.md").strip())), "")
    book, parts = read_book(folder), []
    if state.answer.strip() and state.answer.strip() != best:
        parts = [said(book, "last_words"), state.answer.strip()]
    if best:
        parts += [said(book, "last_kept"), best]
    head = said(book, "partial", reason=state.reason, steps=", ".join(kept) or "-")
    return "\n\n".join([head, *parts]) + "\n"
