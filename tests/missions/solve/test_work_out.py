"""Programs for a small model's problem: two that print the same result end it."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.agent.events import Settings
from farside.agent.mission import Place
from farside.agent.take_up import create
from farside.errors import FarsideError
from farside.missions.solve.programs import Program, agreed, read, told
from farside.missions.solve.work_out import WorkOut
from farside.tools.base import Host, Question
from tests.tools.boxes import BUBBLEWRAP

PROBLEM = "The legs are 5 and 12. The area?"
RIGHT, ROUNDED, WRONG, BROKEN, SILENT = (
    "print(5 * 12 / 2)",
    "def area():\n    return 0.5 * 5 * 12\n\nprint('area', round(area()))",
    "print(5 * 12)",
    "print(1 / 0)",
    "area = 30.0",
)


def work_out(*codes: str, seed: int | None = None, files: tuple[str, ...] = ()) -> tuple[WorkOut, list[Question]]:
    """Return the tool over a model that says these blocks in turn, and then that the budget is used up."""
    asked: list[Question] = []

    def consult(question: Question) -> str:
        asked.append(question)
        if len(asked) > len(codes):
            raise FarsideError("The budget is used up.")
        return f"Here:\n```python\n{codes[len(asked) - 1]}\n```"

    folder = create("Area?", Settings("scripted/none", seed=seed))
    settings = Settings("scripted/none", workspace=str(folder.path / "workspace"), seed=seed)
    for name in files:
        (Path(settings.workspace) / name).write_text("x")
    return WorkOut(Place(settings, folder, Host(lambda handle: None, consult), BUBBLEWRAP, lambda said: None)), asked


@pytest.mark.parametrize(
    ("codes", "answer", "shown"),
    [
        ((RIGHT, ROUNDED), "30.0", [RIGHT, ROUNDED]),
        ((WRONG, BROKEN, RIGHT, SILENT, ROUNDED), "30.0", [RIGHT, ROUNDED]),
        ((WRONG, RIGHT), "", [WRONG, RIGHT]),
        ((BROKEN, SILENT), "", []),
    ],
)
def test_programs_are_asked_for_until_two_agree(
    codes: tuple[str, ...], answer: str, shown: list[str], tmp_path: Path
) -> None:
    tool, asked = work_out(*codes)
    text = tool(PROBLEM, 60).text
    assert text.partition("\nAnswer: ")[2] == answer
    assert [program.code for program in read(text)] == shown
    assert all(PROBLEM in question.text for question in asked)
    assert len({(question.text, question.seed) for question in asked}) == len(asked)


def test_another_seed_of_the_run_asks_otherwise_and_time_that_is_over_asks_nothing(tmp_path: Path) -> None:
    (one, first), (other, second) = work_out(RIGHT, RIGHT, seed=1), work_out(RIGHT, RIGHT, seed=2)
    one(PROBLEM, 60)
    other(PROBLEM, 60)
    assert not {question.seed for question in first} & {question.seed for question in second}
    late, asked = work_out(RIGHT)
    assert "none ran" in late(PROBLEM, -1).text and asked == []


def test_where_the_folder_holds_files_they_are_shown_instead(tmp_path: Path) -> None:
    tool, asked = work_out(RIGHT, files=("runs.csv",))
    assert tool(PROBLEM, 60).text.splitlines()[-1] == "runs.csv"
    assert asked == []


def test_results_are_the_same_when_one_is_the_other_rounded() -> None:
    near, far = Program("a", "step 1: 7\nresult: 2.61409"), Program("b", "2.6141")
    assert agreed([near, Program("c", "2.615"), far], "Start with 7.") == (near, far)
    assert agreed([near, Program("c", "2.62")], "Start with 7.") is None
    assert agreed([Program("a", "7"), Program("b", "none")], "Start with 7.") is None


def test_programs_come_back_from_their_text_as_they_were() -> None:
    programs = [Program('print("```")', "```"), Program("x = 1\n\nprint(x)", "1\n2")]
    assert list(read(f"Two:\n\n{told(programs)}\nAnswer: 1")) == programs
