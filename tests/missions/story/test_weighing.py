"""A reply is weighed twice where a kill came between two files: the book is then as if there had been no kill."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from farside.missions.story.book.folder import read_book
from farside.missions.story.tasks.task import Task
from farside.missions.story.tasks.weighing import weigh
from tests.missions.story import replies
from tests.missions.story.books import EXAMPLE, TIDE, copied

CHAIN = (EXAMPLE / "bible/rules.md").read_text().replace("- because: R2, R9", "- because: R9")
DIAGNOSIS = "R14 does not follow from R2: that wet salt takes says nothing of salt that is flooded. " * 4
WAS = read_book(EXAMPLE).facts[1].drawn_from
PARAGRAPH = next(
    each.number
    for each in read_book(EXAMPLE).chapters[0].paragraphs
    if each.text.startswith('"I left the money," said')
)
FACTS = (EXAMPLE / "facts/01.md").read_text().partition("\n\n")[2]

TASKS = {
    "draft": (TIDE, Task("draft", 2, "", "notes/chapter-02", words=300), replies.CHINESE),
    "revise": (EXAMPLE, Task("revise", 1, "Shorter.", "notes/revise-1", WAS), (f"{PARAGRAPH}", replies.EDIT)),
    "criticise": (
        EXAMPLE,
        Task("criticise", 0, "Silly.", "notes/criticise-1"),
        (DIAGNOSIS, f"=== bible/rules.md\n{CHAIN}", f"=== ledger.md\n{(EXAMPLE / 'ledger.md').read_text()}\nMore.\n"),
    ),
    "outline": (
        EXAMPLE,
        Task("outline", 0, "", "notes/outline-1"),
        (
            "=== outline.md\n## Chapter 8: After\n- day: 8\n- people: Ines\n- plants: S12\n"
            "=== ledger.md\n## S12 x\n- planted: 8\n- due: 8\n",
        ),
    ),
    "facts": (EXAMPLE, Task("facts", 1, "", "notes/facts-1", WAS), (FACTS,)),
}
STEPS = {
    "draft": ("plan", "openings", "choice", "draft", "reading", "facts"),
    "revise": ("scope", "edits"),
    "criticise": ("diagnosis", "rules", "consequences"),
    "outline": ("chapters",),
    "facts": ("facts",),
}


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", TASKS)
def test_a_kill_between_any_two_files_of_the_last_step_changes_nothing(tmp_path: Path, name: str) -> None:
    source, task, said = TASKS[name]
    before = copied(source, tmp_path / "before")
    for step, reply in zip(STEPS[name][:-1], said[:-1], strict=True):
        assert weigh(before, task, step, reply) == (True, weigh(before, task, step, reply)[1])
    last = (STEPS[name][-1], said[-1])
    after = copied(before, tmp_path / "after")
    ok, told = weigh(after, task, *last)
    assert ok, told
    made = [path for path, data in tree(after).items() if tree(before).get(path) != data]
    made.sort(key=lambda path: (after / path).stat().st_mtime_ns)
    for count in range(len(made) + 1):
        killed = copied(before, tmp_path / f"killed-{count}")
        for path in made[:count]:
            (killed / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(after / path, killed / path)
        assert weigh(killed, task, *last)[0], f"after {made[:count]}"
        assert tree(killed) == tree(after), f"after {made[:count]}"
