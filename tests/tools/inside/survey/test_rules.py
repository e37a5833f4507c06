"""Rules learnt from true values of a few real files find the values of all others, in every layout."""

import pytest

from farside.tools.inside.survey.opinions import learn, settled
from farside.tools.inside.survey.rules import candidates
from farside.tools.inside.survey.tabulate import Study
from tests.tools.inside.survey.folders import LAYOUTS, drawn


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_study_reads_few_files_and_knows_all(layout: str) -> None:
    folder = drawn(3, [layout], count=40)
    study = Study(folder.texts, {"who": "text", "amount": "number"})
    study.go(folder.truth.get, until=1, clock=lambda: 0)
    assert len(study.readings) <= 5
    for column in study.wanted:
        assert study.opinions[column][0].values == tuple(row[column] for row in folder.truth.values())


def test_a_wrong_reading_is_outvoted() -> None:
    folder = drawn(4, ["letterhead"], count=40)
    first, *_ = names = sorted(folder.texts, key=lambda name: (len(folder.texts[name]), name))[10:30:5]
    readings = {name: folder.truth[name]["who"] for name in names} | {first: "Penrose Joinery"}
    best = learn(
        {name: str(value).upper() if name == first else value for name, value in readings.items()}, folder.texts
    )
    assert best[0].values == tuple(row["who"] for row in folder.truth.values())


def test_the_time_that_is_left_is_kept() -> None:
    folder = drawn(3, ["table"], count=40)
    study = Study(folder.texts, {"who": "text", "amount": "number"})
    ticks = iter(range(100))
    study.go(folder.truth.get, until=2, clock=lambda: next(ticks))
    assert len(study.readings) == 2
    assert set(study.opinions) == {"who", "amount"}


def test_files_in_which_nothing_is_found_are_not_asked_for_again() -> None:
    folder = drawn(3, ["receipt"], count=40)
    blind = set(sorted(folder.texts, key=lambda name: (len(folder.texts[name]), name))[:25])
    study = Study(folder.texts, {"who": "text", "amount": "number"})
    asked: list[str] = []

    def read(name: str) -> dict[str, str | float] | None:
        asked.append(name)
        return None if name in blind else folder.truth[name]

    study.go(read, until=1, clock=lambda: 0)
    assert len(asked) == len(set(asked))
    assert study.opinions["amount"][0].values == tuple(row["amount"] for row in folder.truth.values())


def test_what_was_read_too_far_is_named_as_in_the_other_shape() -> None:
    folder = drawn(5, ["key_value", "table"])
    shapes = [{n: folder.texts[n] for n in list(folder.texts)[start::2]} for start in (0, 1)]
    read = [dict.fromkeys(list(shape)[:4]) for shape in shapes]
    exact = {name: folder.truth[name]["who"] for name in read[0]}
    lines = {name: folder.texts[name].splitlines()[1] for name in read[1]}
    too_far = {name: line.removeprefix("Customer: ") for name, line in lines.items()}
    opinions = [learn(exact, shapes[0]), learn(too_far, shapes[1])]
    chosen = settled(opinions, [4, 4])
    assert [opinions[0].values for opinions in chosen] == [
        tuple(folder.truth[name]["who"] for name in shape) for shape in shapes
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a\nSum of it: 1,204.50 EUR\n", 1204.5),
        ("a|b|c d\n", "c d"),
        ("To:\n  Ada   Lovelace\n", "Ada Lovelace"),
        ("Due ........ 1'200", 1200),
    ],
)
def test_every_candidate_gives_the_value_that_it_was_made_for(text: str, value: str | float) -> None:
    rules = candidates(text, value)
    assert rules
    assert {rule(text) for rule in rules} == {value}


def test_a_rule_reads_the_sign_and_leaves_out_what_is_in_doubt() -> None:
    texts = {f"{n}": f"No {n}\nAmount: {said}\n" for n, said in enumerate(["45.50", "-7.25", "(120.00)", "\u22123"])}
    best = learn({"0": 45.5, "1": -7.25}, texts)[0]
    assert best.values == (45.5, -7.25, None, -3)
    assert candidates(texts["2"], 120) == []
