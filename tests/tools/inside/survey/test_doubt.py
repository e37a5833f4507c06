"""What rules differ on is read; where there is no time to read it, the survey says that it is unsure."""

from __future__ import annotations

import time

from farside.tools.inside.survey.asking import Asker
from farside.tools.inside.survey.opinions import learn
from farside.tools.inside.survey.table import Table, answered, completed
from farside.tools.inside.survey.tabulate import Row, Study, fill, guessed
from tests.tools.inside.survey.folders import LAYOUTS, Folder, Model, drawn

WANTED = {"who": "text", "amount": "number"}


def two_ways() -> tuple[Folder, Study]:
    """Bills of which most are paid in full, so that two lines hold the amount, and a study that read two of these."""
    texts, truth = {}, dict[str, dict[str, str | float]]()
    for number in range(12):
        who, amount = "Ann" if number % 2 else "Bob", number * 7 + 10.5
        texts[f"{number:02d}"] = f"To: {who}\nAmount {amount}\nPaid {amount - 3 if number > 8 else amount}\n"
        truth[f"{number:02d}"] = {"who": who, "amount": amount}
    readings = {name: truth[name] for name in ("00", "01")}
    study = Study(texts, WANTED, readings)
    study.opinions = {
        column: learn({name: reading[column] for name, reading in readings.items()}, texts) for column in WANTED
    }
    return Folder(texts, truth), study


def asker(model: Model) -> Asker:
    return Asker(model.ask, model.folder.goal, time.monotonic() + 240)


def test_a_dispute_that_is_left_over_is_read() -> None:
    folder, study = two_ways()
    guess = guessed([study], WANTED)
    assert guess.contested == {"who": set(), "amount": {"09", "10", "11"}}
    model = Model(folder)
    found, doubtful = completed(asker(model), guess, [study], WANTED, time.monotonic() + 60)
    assert (found, doubtful, model.read) == (folder.truth, [], ["09", "10", "11"])


def test_without_time_for_it_the_guess_stays_and_is_in_doubt() -> None:
    folder, study = two_ways()
    guess = guessed([study], WANTED)
    found, doubtful = completed(asker(Model(folder)), guess, [study], WANTED, time.monotonic() - 1)
    assert (found, doubtful) == (guess.rows, ["amount"])


def test_what_the_model_does_not_find_where_rules_differ_is_left_out() -> None:
    folder, study = two_ways()
    blind = Folder(folder.texts, {name: row for name, row in folder.truth.items() if name != "10"})
    found, doubtful = completed(asker(Model(blind)), guessed([study], WANTED), [study], WANTED, time.monotonic() + 60)
    assert (found["10"]["amount"], doubtful) == (None, [])


def test_a_shape_of_which_one_file_was_read_is_in_doubt() -> None:
    folder = drawn(3, ["key_value"], count=20)
    study = Study(folder.texts, WANTED)
    ticks = iter(range(100))
    study.go(folder.truth.get, until=1, clock=lambda: next(ticks))
    assert len(study.readings) == 1
    assert guessed([study], WANTED).unclear == {"who", "amount"}


def test_rows_in_doubt_bring_no_answer() -> None:
    folder = drawn(7, LAYOUTS[:1], count=12)
    rows = [{**row, "file": name} for name, row in folder.truth.items()]
    said = answered(asker(Model(folder)), Table(rows, ["gone.txt"], 1, ["amount"]))
    assert "A program worked this out from all 12 rows:\nIn all: " in said
    assert "\n\nThe values of amount are in doubt in some files" in said
    assert said.splitlines()[-2] == "Left out: 1 of 13 files have no values: gone.txt"
    assert said.splitlines()[-1].startswith("Work on from `rows`") and "Answer:" not in said


def test_a_file_that_the_model_finds_nothing_in_is_not_read_twice() -> None:
    folder, study = two_ways()
    table: dict[str, Row] = {name: {"who": "Ann", "amount": None} for name in folder.texts}
    asked: list[str] = []

    def read(name: str) -> None:
        asked.append(name)

    for _ in range(2):
        fill(table, study, read, until=1, clock=lambda: 0)
    assert asked == [name for name in folder.texts if name not in study.readings]
