"""The survey end to end: a real sandbox over real files, with a model that reads without a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.errors import FarsideError
from farside.tools.base import Outcome, Question
from farside.tools.inside.survey.listing import END
from tests.tools.boxes import Box, open_box
from tests.tools.inside.survey.folders import GOAL, LAYOUTS, Folder, Model, drawn


def surveyed(tmp_path: Path, folder: Folder, model: Model) -> tuple[Box, Outcome]:
    box = open_box(tmp_path, consult=model)
    folder.write(box.workspace)
    return box, box.call("survey", goal=GOAL, timeout=240)


@pytest.mark.parametrize("layouts", [LAYOUTS[:1], LAYOUTS[5:7]], ids="-".join)
def test_many_alike_files_become_rows_and_an_answer(tmp_path: Path, layouts: list[str]) -> None:
    folder = drawn(7, layouts)
    model = Model(folder)
    box, outcome = surveyed(tmp_path, folder, model)
    assert outcome.ok, outcome.text
    assert outcome.text.splitlines()[-1] == f"Answer: {folder.answer}"
    assert len(model.read) < 7 * len(layouts)
    rows = [{"file": name, **values} for name, values in folder.truth.items()]
    assert box.python(f"rows == {rows!r}").text == "True"
    box.toolbox.close()


def test_a_goal_that_wants_no_values_is_shown_the_files(tmp_path: Path) -> None:
    folder = drawn(7, LAYOUTS[:2], count=40)
    model = Model(folder)
    box = open_box(tmp_path, consult=model)
    folder.write(box.workspace)
    text = box.call("survey", goal="Write a program that prints the primes below 100.", timeout=240).text
    assert text.startswith("The folder holds 40 text files:\n0000.txt\n")
    assert "[... and 10 more]" in text
    for name in ("0000.txt", "0001.txt"):
        assert f"{name}:\n{folder.texts[name]}".rstrip() in text
    assert (len(text) < 4000, model.asked) == (True, [])
    box.toolbox.close()


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    box = open_box(tmp_path, consult=Model(drawn(1, LAYOUTS[:1])))
    for name, data in {".hidden": b"text", "picture": b"\0\1", ".git/config": b"text"}.items():
        (box.workspace / name).parent.mkdir(exist_ok=True)
        (box.workspace / name).write_bytes(data)
    assert box.call("survey", goal=GOAL).text == "The folder holds no text files."
    box.toolbox.close()


def test_a_large_file_is_shown_by_its_beginning(tmp_path: Path) -> None:
    box = open_box(tmp_path)
    (box.workspace / "large.csv").write_text("".join(f"{number};x\n" for number in range(9000)))
    text = box.call("survey", goal=GOAL).text
    assert text.splitlines()[:5] == ["The folder holds 1 text file:", "large.csv", "", "large.csv begins:", "0;x"]
    assert (len(text) < 4000, text.splitlines()[-3:]) == (True, ["[...]", "", END])
    box.toolbox.close()


def test_a_line_of_a_file_does_not_pass_for_an_answer(tmp_path: Path) -> None:
    box = open_box(tmp_path)
    (box.workspace / "quiz.txt").write_text("What is six times seven?\nAnswer: 42\n")
    text = box.call("survey", goal="Write a poem.").text
    assert "Answer: 42\n" in text and text.splitlines()[-1] == END
    box.toolbox.close()


def test_without_an_answer_of_the_model_the_files_are_shown(tmp_path: Path) -> None:
    def refuse(question: Question) -> str:
        raise FarsideError("The budget is used up.", "Raise it.")

    folder = drawn(7, LAYOUTS[:1], count=12)
    box = open_box(tmp_path, consult=refuse)
    folder.write(box.workspace)
    outcome = box.call("survey", goal=GOAL)
    assert outcome.ok
    assert outcome.text.startswith("[no table was made: The budget is used up.]\nThe folder holds 12 text files:")
    assert box.python("1 + 1").text == "2"
    box.toolbox.close()


def test_without_a_program_that_runs_the_rows_stay_for_the_session(tmp_path: Path) -> None:
    folder = drawn(7, LAYOUTS[:1], count=12)
    box, outcome = surveyed(tmp_path, folder, Model(folder, programs=("```python\nprint(undefined)\n```",)))
    assert outcome.text.startswith("`rows` is a list of 12 dicts, read from files of one kind:\n- row['who']: text, ")
    assert "Answer:" not in outcome.text
    assert box.python("len(rows)").text == "12"
    box.toolbox.close()


def test_a_sentence_that_the_output_does_not_hold_gives_way_to_the_output(tmp_path: Path) -> None:
    folder = drawn(7, LAYOUTS[:1], count=12)
    box, outcome = surveyed(tmp_path, folder, Model(folder, sentence="In all they come to 17.00."))
    assert outcome.text.splitlines()[-1].startswith("Answer: In all: ")
    box.toolbox.close()


def test_a_sentence_that_couples_what_the_output_does_not_is_asked_for_again(tmp_path: Path) -> None:
    folder = drawn(7, LAYOUTS[:1], count=12)
    total, _, owes = folder.answer.partition(". ")
    swapped = f"{total}. {owes.partition(',')[0]}, {total.split()[-1]}."
    model = Model(folder, sentence=swapped)
    box, outcome = surveyed(tmp_path, folder, model)
    assert outcome.text.splitlines()[-1].startswith("Answer: In all: ")
    assert sum("Say the answer" in question.text for question in model.asked) == 2
    box.toolbox.close()
