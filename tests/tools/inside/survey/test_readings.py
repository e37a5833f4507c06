"""What a model answers about a file is a reading only with a value of the right kind for each column."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from farside.tools.frames import Frame
from farside.tools.inside.survey.asking import Asker
from farside.tools.inside.survey.readings import Reader, checked, named, without

WANTED = {"who": "text", "amount": "number"}


@pytest.mark.parametrize(
    ("values", "reading"),
    [
        ({"who": "Ann", "amount": 7.5}, {"who": "Ann", "amount": 7.5}),
        ({"who": "Ann", "amount": "1,204.50"}, {"who": "Ann", "amount": 1204.5}),
        ({"who": "Ann", "amount": "-$7"}, {"who": "Ann", "amount": -7}),
        ({"who": 400, "amount": 7, "more": 1}, {"who": "400", "amount": 7}),
        ({"who": "Ann", "amount": "(120.00)"}, None),
        ({"who": "Ann", "amount": "7 or 8"}, None),
        ({"who": "Ann", "amount": True}, None),
        ({"who": "Ann", "amount": float("inf")}, None),
        ({"who": "Ann", "amount": None}, None),
        ({"who": ["Ann"], "amount": 7}, None),
        ({"who": 4.5, "amount": 7}, None),
        ({"who": "Ann"}, None),
        ([{"who": "Ann", "amount": 7}], None),
        (None, None),
    ],
)
def test_a_reading_has_all_values_in_their_kinds(values: object, reading: dict[str, str | float] | None) -> None:
    assert checked(values, WANTED) == reading


@pytest.mark.parametrize(
    ("answer", "columns"),
    [
        (
            [
                {"column": "the who", "kind": "text"},
                {"column": "file", "kind": "text"},
                {"column": "n", "kind": "set"},
            ],
            {"the_who": "text"},
        ),
        ([["who", "text"], {"column": None, "kind": "text"}, {"kind": "number"}], {}),
        ({"column": "who", "kind": "text"}, {}),
        (None, {}),
    ],
)
def test_columns_are_what_an_answer_names_as_such(answer: object, columns: dict[str, str]) -> None:
    assert named(answer) == columns


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Penrose Joinery\n\nTo: Ann\n", "\nTo: Ann"),
        ("From Penrose Joinery to Ann", "From to Ann"),
        ("  Penrose Joinery\nTo: Ann", "To: Ann"),
        ("Penrose Joinerys, of Ashby", "Penrose Joinerys, of Ashby"),
        ("a  b  \n", "a  b  "),
        ("  To Ann of Penrose Joinery\n", "  To Ann of"),
    ],
)
def test_what_is_masked_leaves_no_trace(text: str, left: str) -> None:
    assert without(["Penrose Joinery"], text) == left


@dataclass
class Host:
    """Answers with what it is given in turn, and keeps what it was asked."""

    answers: list[dict[str, Any]]
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, kind: str, values: dict[str, Any]) -> Frame:
        self.asked.append(values)
        return Frame({"ok": True}, (json.dumps(self.answers[len(self.asked) - 1]).encode(),))


TEXTS = {f"{number}": f"Penrose Joinery\nTo: Ann\nSum: {number}.50\n" for number in range(5)}


def read(*answers: dict[str, Any]) -> tuple[object, list[float]]:
    host = Host(list(answers))
    reader = Reader(Asker(host, "the goal", time.monotonic() + 60), WANTED, {**TEXTS, "5": "To: Bob\nSum: 5.50\n"})
    return reader("3"), [values["temperature"] for values in host.asked]


def test_what_does_not_stand_in_the_file_is_asked_for_in_other_words() -> None:
    right = {"who": "Ann", "amount": 3.5}
    assert read({"who": "Eve", "amount": 3.5}, right) == (right, [0.0, 0.7])


def test_where_something_is_masked_the_question_is_another_one_and_needs_no_chance() -> None:
    texts = {**TEXTS, "6": "Penrose Joinery\nTo: Bob\nSum: 6.50\n"}
    right = {"who": "Ann", "amount": 3.5}
    host = Host([{"who": "Penrose Joinery", "amount": 3.5}, right])
    reader = Reader(Asker(host, "the goal", time.monotonic() + 60), WANTED, texts)
    assert reader("3") == right
    assert [values["temperature"] for values in host.asked] == [0.0, 0.0]
    assert ["Penrose" in values["text"] for values in host.asked] == [True, False]


GOODS = ("oak door", "elm lamp", "tin bucket", "wool rug", "jute sack", "clay pot", "lead pipe")
WHO = ("Ann", "Bob", "Eve", "Ida", "Kai", "Lou")
LETTERS = {
    f"{number}": f"To: {WHO[number]}\n 2 x {GOODS[number]}   {number}.25\n 1 x {GOODS[number + 1]}   {number}.75\n\n"
    f"TOTAL {2 * number + 1}.00\n"
    for number in range(6)
}


def test_lines_that_come_several_to_a_file_are_not_shown_once_a_number_was_taken_from_one() -> None:
    readings: list[dict[str, Any]] = [{"who": "Ida", "amount": 7}, {"who": "Kai", "amount": 9}]
    host = Host([{"who": "Ida", "amount": 3.75}, *readings])
    reader = Reader(Asker(host, "the goal", time.monotonic() + 60), WANTED, LETTERS)
    assert [reader("3"), reader("4")] == readings
    assert ["1 x" in values["text"] for values in host.asked] == [True, False, False]
    assert ["TOTAL" in values["text"] for values in host.asked] == [True, True, True]


def test_a_number_of_one_line_of_several_stays_where_the_file_has_no_other() -> None:
    host = Host([{"who": "Ida", "amount": 3.75}, {"who": "Ida", "amount": 8}, {"who": "Ida", "amount": 8}])
    reader = Reader(Asker(host, "the goal", time.monotonic() + 60), WANTED, LETTERS)
    assert reader("3") == {"who": "Ida", "amount": 3.75}
