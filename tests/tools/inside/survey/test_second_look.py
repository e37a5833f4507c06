"""What was misread in all files of one shape is seen where files of another shape name the same better."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from farside.tools.base import Question
from farside.tools.inside.survey.asking import Asker
from farside.tools.inside.survey.readings import Reading
from farside.tools.inside.survey.second_look import look_again
from farside.tools.inside.survey.tabulate import Study, guessed
from tests.tools.inside.survey.folders import Folder, Model, drawn

WANTED = {"who": "text", "amount": "number"}
LETTER, RECEIPT = "letterhead", "receipt"


@dataclass
class Choosing(Model):
    """Answers which of two is meant by `rule`, from the first and the second as it is shown them."""

    rule: Callable[[str, str], str] = min
    chosen: list[str] = field(default_factory=list)

    def __call__(self, question: Question) -> str:
        found = re.search(r'Two were found: "([^"]*)" and "([^"]*)"\.', question.text)
        if not found:
            return super().__call__(question)
        self.chosen.append(self.rule(*found.groups()))
        return json.dumps({"who": self.chosen[-1]})


def studies() -> tuple[Folder, list[Study]]:
    """Two shapes, read by a model that takes the address for the name in the one that has addresses."""
    folder = drawn(5, [LETTER, RECEIPT], count=24)

    def misread(name: str) -> Reading:
        address = re.search(r"\d+ Mill Street, Ashby", folder.texts[name])
        return folder.truth[name] | ({"who": address[0]} if address else {})

    made = [Study({n: folder.texts[n] for n in list(folder.texts)[at::2]}, WANTED) for at in (0, 1)]
    for study in made:
        study.go(misread, until=time.monotonic() + 60)
    return folder, made


def looked(rule: Callable[[str, str], str]) -> tuple[bool, Choosing]:
    """Look again; tell whether all names are right then."""
    folder, both = studies()
    model = Choosing(folder, rule=rule)
    look_again(Asker(model.ask, folder.goal, time.monotonic() + 60), both, WANTED)
    rows = guessed(both, WANTED).rows
    return all(rows[name]["who"] == row["who"] for name, row in folder.truth.items()), model


def is_address(text: str) -> bool:
    return "Mill Street" in text


def test_the_model_chooses_what_the_other_shape_names() -> None:
    right, model = looked(lambda one, other: other if is_address(one) else one)
    assert right and not any(map(is_address, model.chosen))


def test_what_the_model_would_rather_have_stays() -> None:
    right, model = looked(lambda one, other: one if is_address(one) else other)
    assert not right and all(map(is_address, model.chosen))


def test_a_choice_that_hangs_on_the_order_is_none() -> None:
    right, model = looked(lambda one, other: one)
    assert not right and model.chosen


def test_nothing_is_asked_where_the_shapes_agree() -> None:
    folder = drawn(5, [LETTER, RECEIPT], count=24)
    both = [Study({n: folder.texts[n] for n in list(folder.texts)[at::2]}, WANTED) for at in (0, 1)]
    for study in both:
        study.go(folder.truth.get, until=time.monotonic() + 60)
    model = Choosing(folder)
    look_again(Asker(model.ask, folder.goal, time.monotonic() + 60), both, WANTED)
    assert model.asked == [] and model.chosen == []
