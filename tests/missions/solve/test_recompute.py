"""A problem worked out afresh: two of three decide, and what does not run has no say."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.agent.events import Settings
from farside.agent.mission import Place
from farside.agent.take_up import create
from farside.errors import FarsideError
from farside.missions.solve.recompute import Recompute, read
from farside.tools.base import Host, Question
from tests.tools.boxes import BUBBLEWRAP

RIGHT, WRONG, BROKEN, SILENT = "print(5 * 12 / 2)", "print(5 * 12)", "print(1 / 0)", "area = 30.0"


def recompute(*codes: str) -> tuple[Recompute, list[Question]]:
    """Return the tool over a model that says these blocks, one a seed."""
    asked: list[Question] = []

    def consult(question: Question) -> str:
        asked.append(question)
        if question.seed > len(codes):
            raise FarsideError("The budget is used up.")
        return f"Here:\n```python\n{codes[question.seed - 1]}\n```"

    folder = create("Area?", Settings("scripted/none"))
    host = Host(lambda handle: None, consult)
    return Recompute(Place(Settings("scripted/none"), folder, host, BUBBLEWRAP, lambda sentence: None)), asked


@pytest.mark.parametrize(
    ("codes", "shown", "questions"),
    [
        ((RIGHT,), RIGHT, 1),
        ((WRONG, RIGHT), RIGHT, 2),
        ((BROKEN, SILENT, RIGHT), RIGHT, 3),
        ((WRONG, WRONG, RIGHT), WRONG, 2),
        ((WRONG,), WRONG, 2),
        ((BROKEN, SILENT, BROKEN, BROKEN, RIGHT), "", 4),
        ((), "", 1),
    ],
)
def test_blocks_are_asked_for_until_one_gives_the_result(
    codes: tuple[str, ...], shown: str, questions: int, tmp_path: Path
) -> None:
    tool, asked = recompute(*codes)
    code, printed = read(tool("The legs are 5 and 12. The area?", "30").text)
    assert (code, len(asked)) == (shown, questions)
    assert printed == {RIGHT: "30.0", WRONG: "60", "": ""}[shown]
    assert all("The legs are 5 and 12" in question.text for question in asked)
