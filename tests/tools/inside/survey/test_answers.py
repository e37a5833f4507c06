"""What a survey prints, and when it says `Answer:`, over real files and a model that is scripted."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from farside.tools.base import Question
from farside.tools.frames import Frame
from tests.tools.inside.survey.folders import LAYOUTS, PROGRAM, Folder, Model, drawn, printed, surveyed

TOTAL = "```python\nprint(f'In all: {sum(row[\"amount\"] for row in rows):.2f}')\n"
COUNT = '```python\nprint("Rows:", len(rows), "and", sum(row["amount"] for row in rows) / 7)\n'
RICH = PROGRAM + 'print("Lines:", len(rows) * 31)\n'


def bills(amounts: list[str]) -> Folder:
    """Short files of one amount each."""
    whose = ["Adler Foundry", "Gallo Press", "Ibsen Farms"]
    texts = {
        f"{number:03d}.txt": f"Bill {number + 500}\nTo: {whose[number % 3]}\nAmount: {amount}\nThank you.\n"
        for number, amount in enumerate(amounts)
    }
    truth: dict[str, dict[str, str | float]] = {
        name: {"who": whose[number % 3], "amount": float(amounts[number])} for number, name in enumerate(texts)
    }
    return Folder(texts, truth)


def test_amounts_below_nothing_are_added_as_such(tmp_path: Path) -> None:
    folder = bills(["-45.50" if number % 4 == 3 else f"{number + 20}.25" for number in range(12)])
    found = surveyed(tmp_path, Model(folder))
    assert (
        f"Answer: In all they come to {sum(float(row['amount']) for row in folder.truth.values()):.2f}." in found.text
    )
    assert found.rows == [{**row, "file": name} for name, row in folder.truth.items()]


def test_an_amount_in_brackets_is_left_out_and_said_to_be(tmp_path: Path) -> None:
    folder = bills([f"{number + 20}.25" for number in range(12)])
    texts = {**folder.texts, "003.txt": folder.texts["003.txt"].replace("23.25", "(23.25)")}
    found = surveyed(tmp_path, Model(replace(folder, texts=texts), sentence="It is not known."))
    assert found.last[0] == "Left out: 1 of 12 files have no values: 003.txt"
    assert found.rows is not None and len(found.rows) == 11


def test_all_that_has_no_values_is_named_before_the_answer(tmp_path: Path) -> None:
    folder = drawn(7, LAYOUTS[:1], count=24)
    (tmp_path / "picture.png").write_bytes(b"\0\1")
    (tmp_path / "large.txt").write_text("x" * 100_001)
    (tmp_path / "nothing.txt").write_text(" \n")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / ".hidden").write_text("x")
    model = Model(folder)
    found = surveyed(tmp_path, model)
    left_out = "gone.txt, large.txt, nothing.txt, picture.png"
    assert found.last == [f"Left out: 4 of 28 files have no values: {left_out}", f"Answer: {folder.answer}"]
    assert any("from 24 of 28 files" in question.text for question in model.asked)


def test_of_many_ten_are_named(tmp_path: Path) -> None:
    folder = drawn(7, LAYOUTS[:1], count=12)
    for number in range(15):
        (tmp_path / f"p{number:02d}.png").write_bytes(b"\0")
    found = surveyed(tmp_path, Model(folder))
    assert found.last[0].startswith("Left out: 15 of 27 files have no values: p00.png, p01.png, ")
    assert found.last[0].endswith(", p09.png and 5 more")


def test_a_stray_file_is_named_and_not_read(tmp_path: Path) -> None:
    model = Model(drawn(7, LAYOUTS[:1], count=20))
    (tmp_path / "notes.txt").write_text("Remember to call the printer.\n")
    found = surveyed(tmp_path, model)
    answer = f"Answer: {model.folder.answer}"
    assert found.last == ["Left out: 1 of 21 files have no values: notes.txt", answer]
    assert "notes.txt" not in model.read


@pytest.mark.parametrize("count", [8, 10])
def test_files_of_several_records_are_listed(tmp_path: Path, count: int) -> None:
    rng = random.Random(4)
    for number in range(12):
        days = [f"2025-{number + 1:02d}-{day + 1:02d},Adler,{rng.randint(100, 999) / 10}" for day in range(count)]
        (tmp_path / f"{number:02d}.csv").write_text("\n".join(["day,who,amount", *days]) + "\n")
    model = Model(Folder({}, {"00.csv": {"who": "Adler", "amount": 1.0}}))
    found = printed(tmp_path, model)
    assert found.text.startswith("[no table was made: the files hold several records each]\nThe folder holds 12 ")
    assert (found.rows, model.asked) == (None, [])


def test_lines_of_one_shape_are_several_records_too(tmp_path: Path) -> None:
    rng = random.Random(4)
    texts, truth = {}, dict[str, dict[str, str | float]]()
    for number in range(12):
        lines = [(rng.choice(["Adler", "Gallo", "Ibsen"]), rng.randint(1000, 99_999) / 100) for _ in range(9)]
        texts[f"{number:02d}.txt"] = "Sales\n" + "".join(f"* {who} paid {amount:.2f}\n" for who, amount in lines)
        truth[f"{number:02d}.txt"] = {"who": lines[0][0], "amount": lines[0][1]}
    found = surveyed(tmp_path, Model(Folder(texts, truth)))
    assert found.text.startswith("[no table was made: the files hold several records each]")


def test_without_two_programs_that_agree_there_is_no_answer(tmp_path: Path) -> None:
    folder = drawn(7, LAYOUTS[:1], count=12)
    broken = "```python\nprint(undefined)\n"
    model = Model(folder, programs=(broken, broken, PROGRAM, broken))
    found = surveyed(tmp_path, model)
    assert "Answer:" not in found.text
    assert "One program printed this from all 12 rows, and no other agreed with it:\nIn all: " in found.text
    assert found.text.rstrip().splitlines()[-1].startswith("Work on from `rows`")
    assert found.rows is not None


@pytest.mark.parametrize("code", ['rows = [{"who": "Ann", "amount": 7}]', "for rows in [[]]: pass", "rows += rows"])
def test_a_program_that_makes_rows_of_its_own_does_not_count(tmp_path: Path, code: str) -> None:
    folder = drawn(7, LAYOUTS[:1], count=12)
    found = surveyed(tmp_path, Model(folder, programs=(f"```python\n{code}\nprint(17)\n",)))
    assert "17" not in found.text.splitlines() and "Answer:" not in found.text


def test_what_one_program_alone_says_is_no_part_of_the_answer(tmp_path: Path) -> None:
    folder = drawn(7, LAYOUTS[:1], count=12)
    found = surveyed(tmp_path, Model(folder, programs=(RICH, PROGRAM)))
    assert "A program worked this out from all 12 rows:\nIn all: " in found.text
    assert "Lines:" not in found.text and found.last[1] == f"Answer: {folder.answer}"


def test_a_later_program_backs_what_an_earlier_one_said_beyond_another(tmp_path: Path) -> None:
    folder = drawn(7, LAYOUTS[:1], count=12)
    model = Model(folder, programs=(RICH, PROGRAM, RICH))
    assert "Lines: 372" in surveyed(tmp_path, model).text
    assert sum("Write Python code" in question.text for question in model.asked) == 3


def test_where_no_sentence_stands_more_programs_may_say_what_the_first_left_out(tmp_path: Path) -> None:
    @dataclass
    class Coupling(Model):
        """Says what does not stand there where the output lacks the sum."""

        def __call__(self, question: Question) -> str:
            if "Say the answer" in question.text and "In all:" not in question.text:
                self.asked.append(question)
                return "In all they come to 0.07."
            return super().__call__(question)

    owed = PROGRAM[: PROGRAM.index("most =")] + "for who in owed: print(who, f'{owed[who]:.2f}')\n"
    folder = drawn(7, LAYOUTS[:1], count=12)
    model = Coupling(folder, programs=(owed, owed, PROGRAM, PROGRAM), sentence=folder.answer)
    found = surveyed(tmp_path, model)
    assert found.last[1] == f"Answer: {folder.answer}"
    assert "A program worked this out from all 12 rows:\nIn all: " in found.text


def test_programs_that_say_other_things_do_not_agree(tmp_path: Path) -> None:
    folder = drawn(7, LAYOUTS[:1], count=12)
    found = surveyed(tmp_path, Model(folder, programs=(TOTAL, COUNT, '```python\nprint("none")\n', "```python\n1\n")))
    assert "Answer:" not in found.text


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (1, "One program printed this from all 12 rows, and no other agreed with it:\nIn all: "),
        ("Say the answer", "\nAnswer: In all: "),
        (0, "\n[no program was written: The budget is used up."),
    ],
)
def test_what_was_worked_out_before_a_refusal_stays(tmp_path: Path, refused: int | str, said: str) -> None:
    @dataclass
    class Refusing(Model):
        def ask(self, kind: str, values: dict[str, Any]) -> Frame:
            program = "Write Python code" in values["text"] and values["seed"] == refused
            if program or (isinstance(refused, str) and refused in values["text"]):
                return Frame({"ok": False}, (b"The budget is used up.",))
            return super().ask(kind, values)

    assert said in surveyed(tmp_path, Refusing(drawn(7, LAYOUTS[:1], count=12))).text


def test_programs_find_what_they_use_and_work_in_an_empty_folder(tmp_path: Path) -> None:
    folder = drawn(7, LAYOUTS[:1], count=12)
    lines = (
        "import os",
        'open("left.txt", "w").write("x")',
        'print(os.listdir("."), math.floor(statistics.mean([3, 4])), datetime.date(2025, 1, 6).year)',
        'print(re.sub("a", "b", "a"), collections.Counter("aa"), defaultdict(int), json.dumps([sys.maxsize > 0]))',
    )
    found = surveyed(tmp_path, Model(folder, programs=("```python\n" + "\n".join(lines) + "\n",)))
    assert "['left.txt'] 3 2025\nb Counter({'a': 2}) defaultdict(<class 'int'>, {}) [true]" in found.text
    assert not (tmp_path / "left.txt").exists()


@pytest.mark.parametrize(
    "code", ['while True: print("x" * 1000)', 'print("x" * 3000)', "sys.stdout.buffer.write(bytes([255]) * 2500)"]
)
def test_a_flood_is_no_answer(tmp_path: Path, code: str) -> None:
    folder = drawn(7, LAYOUTS[:1], count=12)
    found = surveyed(tmp_path, Model(folder, programs=(f"```python\n{code}\n",)))
    assert "Answer:" not in found.text and len(found.text) < 2000


def test_an_output_that_stands_in_for_the_sentence_is_bounded(tmp_path: Path) -> None:
    folder = drawn(7, LAYOUTS[:1], count=12)
    code = '```python\nfor n in range(150): print("label", n + 100)\n'
    found = surveyed(tmp_path, Model(folder, programs=(code,), sentence="It is 3."))
    assert found.last[1].startswith("Answer: label 100 label 101 ") and found.last[1].endswith(" [...]")
    assert len(found.last[1]) <= len("Answer: ") + 800


def test_stations_below_zero(tmp_path: Path) -> None:
    rng = random.Random(9)
    towns = rng.sample([f"{a}{b}" for a in ("North", "East", "Low") for b in ("wick", "ham", "field", "bury")], 12)
    celsius = [rng.randint(-199, 60) / 10 for _ in towns]
    texts = {
        f"s{n:02d}.txt": f"STATION REPORT\nStation: {town}\nHeight: {rng.randint(20, 900)} m\nAt noon: {value} C\n"
        for n, (town, value) in enumerate(zip(towns, celsius, strict=True))
    }
    truth: dict[str, dict[str, str | float]] = {
        f"s{n:02d}.txt": {"station": town, "noon": value}
        for n, (town, value) in enumerate(zip(towns, celsius, strict=True))
    }
    code = (
        '```python\nwarm = max(rows, key=lambda row: row["noon"])\nprint("Warmest:", warm["station"], warm["noon"])\n'
        "print(f'Mean: {statistics.mean(row[\"noon\"] for row in rows):.2f}')\n"
    )
    goal = "Each file reports one station. Which station was the warmest at noon, and what is the mean of all?"
    warmest = towns[celsius.index(max(celsius))]
    words = f"{warmest} was the warmest at {max(celsius)}. The mean is {sum(celsius) / 12:.2f}."
    found = surveyed(tmp_path, Model(Folder(texts, truth, goal), programs=(code,), sentence=words))
    assert found.last[1] == f"Answer: {words}"
    assert found.rows is not None and [row["noon"] for row in found.rows] == celsius


def test_recipes_are_compared_one_by_one(tmp_path: Path) -> None:
    rng = random.Random(9)
    dishes = [f"{a} {b}" for a in ("Leek", "Barley", "Plum", "Bean") for b in ("soup", "pie", "salad")]
    minutes = rng.sample(range(10, 180), 12)
    texts, truth = {}, dict[str, dict[str, str | float]]()
    for number, (dish, time) in enumerate(zip(dishes, minutes, strict=True)):
        goods = "".join(
            f"- {rng.randint(2, 900)} g {rng.choice(['flour', 'leek', 'butter'])}\n" for _ in range(rng.randint(2, 5))
        )
        texts[f"r{number:02d}.md"] = f"# {dish}\n\nServes {rng.randint(2, 6)}. Ready in {time} minutes.\n\n{goods}"
        truth[f"r{number:02d}.md"] = {"dish": dish, "minutes": time}
    code = '```python\nlong = max(rows, key=lambda row: row["minutes"])\nprint(long["dish"], long["minutes"])\n'
    words = f"{dishes[minutes.index(max(minutes))]} takes the longest, {max(minutes)} minutes."
    folder = Folder(texts, truth, "Which of all these recipes takes the longest, and how many minutes?")
    found = surveyed(tmp_path, Model(folder, programs=(code,), sentence=words))
    assert found.text.splitlines()[-1] == f"Answer: {words}"
