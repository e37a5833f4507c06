"""`farside solve` from the problem to the notebook: a scripted model, real sandboxes, real kills."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from farside.agent import events as ev
from tests.cli.command import Farside
from tests.missions.solve.chain import ANSWER, CHECK, PROBLEM, RESULT, STEPS, WHOLE, python, step

Line = dict[str, object]
CODE: Line = {"profile": {"tools": "code"}}
BEFOREHAND = "leaves no step out"
"""In what a small model is asked before its first reply."""
NOT_BEFOREHAND: tuple[Line, ...] = ({"fail": "Unusable", "when": BEFOREHAND},)


def verdicts(farside: Farside) -> list[str]:
    return [event.reason for event in farside.events() if isinstance(event, ev.Judged)]


def block(code: str) -> Line:
    return {"text": f"```python\n{code}\n```"}


def executed(notebook: Path) -> list[tuple[str, str]]:
    """Run the cells of a Jupyter notebook in a fresh namespace; return what each printed then, and prints now."""
    names: dict[str, Any] = {}
    found = []
    for cell in json.loads(notebook.read_text())["cells"]:
        if cell["cell_type"] == "code":
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(cell["source"], names)
            found += [(output["text"], printed.getvalue()) for output in cell["outputs"]]
    return found


def test_23_dependent_steps_end_in_a_notebook_that_runs_again_to_the_same_values(farside: Farside) -> None:
    done = farside("solve", PROBLEM, "--model", farside.script("whole", *WHOLE), "--out", "notebook.md")
    assert (done.code, done.out.splitlines()[-1]) == (0, f"The final number is {RESULT}."), done.err
    assert verdicts(farside) == [""]
    text = (farside.folder / "notebook.md").read_text()
    assert text.count("```python") == len(STEPS) + 1
    assert f"| {RESULT} | cell 23 | yes | cell 24 |" in text
    assert "Partial" not in text
    cells = executed(farside.folder / "notebook.ipynb")
    assert len(cells) == len(STEPS) + 1
    assert all(then == now for then, now in cells)
    assert f"{farside.folder / 'notebook.md'}" in done.err
    assert not (farside.last.path / "rerun").exists()


def test_a_result_without_a_second_way_is_sent_back(farside: Farside) -> None:
    same_cell = python("y = 7 * 3\nprint(y * 2.5)", "The same with another name.")
    lines: list[Line] = [python("x = 7 * 3\nprint(x * 2.5)"), {"text": "It is 52.5."}]
    lines += [same_cell, {"text": "It is 52.5."}, python("print(52.5 * 1)"), {"text": "It is 52.5."}]
    lines += [python("print(x * 5 / 2)"), {"text": "It is 52.5."}]
    lines += [python("print(sum(7.5 for _ in range(7)))"), {"text": "Twice the same: 52.5."}]
    done = farside("solve", "Seven times 3, times five halves?", "--model", farside.script("lazy", *lines))
    assert (done.code, done.out) == (0, "Twice the same: 52.5.\n"), done.err
    told = verdicts(farside)
    assert len(told) == 5 and told[-1] == ""
    assert all("not confirmed by a second way" in reason for reason in told[:-1])


def test_a_number_that_nothing_printed_and_one_that_chance_made_are_sent_back(farside: Farside) -> None:
    chance = "import random\nprint('mean', sum(random.random() for _ in range(1000)) / 1000)"
    seeded = "import random\nr = random.Random({})\nprint('mean', round(sum(r.random() for _ in range({})) / {}, 2))"
    lines: list[Line] = [
        {"text": "It is 0.7421."},
        python(chance),
        {"text": "It is 0.7421."},
        {"text": "The mean is 0.5.", "when": "stand in no output"},
        python(seeded.format(1, 40_000, 40_000)),
        python(seeded.format(2, 50_000, 50_000)),
        {"text": "The mean is 0.50 with two seeds."},
    ]
    done = farside(
        "solve",
        "What is the mean of a uniform variable on the unit interval?",
        "--model",
        farside.script("chance", *lines),
    )
    first, second, third, last = verdicts(farside)
    assert "No block has run" in first
    assert "stand in no output: 0.7421" in second
    assert "did not come out again in a fresh session: 0.5" in third and "cell 1 printed" in third
    assert (done.code, last) == (0, ""), done.err


@pytest.mark.parametrize("cells", [3, 24])
def test_a_killed_run_resumes_to_the_same_notebook(farside: Farside, cells: int) -> None:
    """Killed in the middle of the calculation, and while the notebook is run again."""
    slow: list[Line] = [{**line, "delay_s": 0.05} for line in WHOLE]
    model = farside.script("slow", *slow)
    with farside.typed("solve", PROBLEM, "--model", model, "--out", "notebook.md") as process:
        wanted = "call_finished" if cells < 24 else "checked"
        farside.wait_for(lambda kinds: kinds.count("call_finished") >= cells and wanted in kinds)
        process.kill()
        process.wait()
    done = farside("resume", "last")
    assert (done.code, verdicts(farside)[-1]) == (0, ""), done.err
    text = (farside.folder / "notebook.md").read_text()
    assert text.count("```python") == len(STEPS) + 1
    assert all(then == now for then, now in executed(farside.folder / "notebook.ipynb"))


def test_out_of_budget_delivers_what_there_is_and_more_budget_completes_it(farside: Farside) -> None:
    spoken: Line = {"text": "After 9 steps it is not done.", "when": "last"}
    lines: list[Line] = [*(step(number) for number in range(1, 10)), spoken]
    rest = [*(step(number) for number in range(10, 24)), CHECK, ANSWER]
    done = farside("solve", PROBLEM, "--model", farside.script("short", *lines), "--max-steps", "10", "--out", "n.md")
    assert done.code == 3, done.err
    text = (farside.folder / "n.md").read_text()
    assert "**Partial, and not confirmed:** the budget is used up, after 10 steps." in text
    assert text.count("```python") == 9 and "x9 = " in text
    assert "A part of the calculation, not confirmed" in done.err
    more = farside("resume", "last", "--max-steps", "60", "--model", farside.script("rest", *lines, *rest))
    assert more.code == 0, more.err
    whole = (farside.folder / "n.md").read_text()
    assert "Partial" not in whole and whole.count("```python") == len(STEPS) + 1


def test_a_problem_without_a_number_ends_with_a_clear_sentence(farside: Farside) -> None:
    lines: list[Line] = [{"text": "The sea is blue."}, {"text": "It is a poem: there is no value to it."}]
    done = farside("solve", "Write a poem about the sea.", "--model", farside.script("poem", *lines))
    assert done.code == 0, done.err
    assert "no value to it" in done.out
    assert "The answer has no number: nothing was recomputed" in done.out and "farside run" in done.out
    assert not list(farside.last.path.glob("notebook*"))


def test_a_small_model_writes_blocks_and_the_problem_is_worked_out_afresh_beside_it(farside: Farside) -> None:
    afresh: Line = {
        **block("import math\nprint(round(math.hypot(5, 12), 3))"),
        "when": "works this out from the beginning",
    }
    lines: list[Line] = [
        CODE,
        *NOT_BEFOREHAND,
        afresh,
        block("a, b = 5, 12\nprint((a * a + b * b) ** 0.5)"),
        {"text": "The hypotenuse is 13."},
    ]
    done = farside(
        "solve", "A right triangle has legs 5 and 12. Its hypotenuse?", "--model", farside.script("small", *lines)
    )
    assert (done.code, done.out) == (0, "The hypotenuse is 13.\n"), done.err
    text = (farside.last.path / "notebook.md").read_text()
    assert "| 13 | cell 1 | yes | cell 2 |" in text
    assert "worked out afresh" in text
    assert all(float(then) == float(now) for then, now in executed(farside.last.path / "notebook.ipynb"))


def beforehand(code: str) -> Line:
    return {**block(code), "when": BEFOREHAND}


LEGS = "A right triangle has legs 5 and 12. Its hypotenuse?"
FIRST = beforehand("import math\nlong = math.sqrt(5**2 + 12**2)\nprint(long)")


def test_two_programs_that_agree_before_the_first_reply_are_the_calculation(farside: Farside) -> None:
    said: Line = {"text": "The hypotenuse is 13.", "when": "by itself, print the same"}
    model = farside.script("agreed", CODE, FIRST, said)
    done = farside("solve", LEGS, "--model", model, "--seed", "3")
    assert (done.code, done.out) == (0, "The hypotenuse is 13.\n"), done.err
    assert len([event for event in farside.events() if isinstance(event, ev.Consulted)]) == 2
    assert verdicts(farside) == [""]
    text = (farside.last.path / "notebook.md").read_text()
    assert "| 13 | cell 1 | yes | cell 2 |" in text and text.count("```python") == 2
    assert all(then == now for then, now in executed(farside.last.path / "notebook.ipynb"))


def test_who_says_another_number_than_the_programs_is_told_once(farside: Farside) -> None:
    lines: list[Line] = [CODE, FIRST, {"text": "It is 17."}, {"text": "It is 17, I say."}]
    done = farside("solve", LEGS, "--model", farside.script("stubborn", *lines))
    assert (done.code, done.out) == (0, "13.0\n"), done.err
    assert "That is not what was worked out" in verdicts(farside)[0] and "13.0" in verdicts(farside)[0]


def test_what_was_worked_out_is_the_answer_of_a_run_out_of_budget(farside: Farside) -> None:
    model = farside.script("short", CODE, FIRST, block("print(1)"), block("print(2)"))
    done = farside("solve", LEGS, "--model", model, "--max-steps", "2")
    assert (done.code, done.out) == (3, "13.0\n"), done.err
    assert "A part of the calculation, not confirmed" in done.err


def test_a_small_model_that_the_fresh_block_contradicts_is_told_so(farside: Farside) -> None:
    afresh: Line = {**block("print(5 * 12 / 2)"), "when": "works this out from the beginning"}
    lines: list[Line] = [
        CODE,
        *NOT_BEFOREHAND,
        afresh,
        block("print(5 * 12)"),
        {"text": "The area is 60."},
        block("print(0.5 * 12 * 5)"),
        {"text": "The area is 30."},
    ]
    done = farside("solve", "A right triangle has legs 5 and 12. Its area?", "--model", farside.script("two", *lines))
    assert (done.code, done.out) == (0, "The area is 30.\n"), done.err
    assert "The result 60 is not confirmed" in verdicts(farside)[0] and "30.0" in verdicts(farside)[0]


def test_a_cell_that_failed_is_in_the_notebook_where_a_later_one_needs_what_it_made(farside: Farside) -> None:
    lines: list[Line] = [
        python("base = 6\nprint(base * undefined)"),
        python("print(undefined)"),
        python("print(base * 7)"),
        python("print(sum([6] * 7))"),
        {"text": "It is 42."},
    ]
    done = farside("solve", "Six sevens?", "--model", farside.script("s", *lines), "-o", "n.md")
    assert (done.code, verdicts(farside)) == (0, [""]), done.err
    text = (farside.folder / "n.md").read_text()
    assert "### Cell 1\n\nThis cell ends with an error" in text and "base = 6" in text
    assert "| 42 | cell 3 | yes | cell 4 |" in text


def test_a_number_that_was_only_written_down_is_marked_in_the_table(farside: Farside) -> None:
    lines: list[Line] = [
        python("g = 9.80665\nprint('g', g, 'v', g * 3)"),
        python("v = 0\nfor _ in range(3000):\n    v += 9.80665 / 1000\nprint(round(v, 5))"),
        {"text": "With g = 9.80665:\nthe speed after 3 seconds is 29.41995 m/s."},
    ]
    done = farside("solve", "Speed after 3 s of free fall?", "--model", farside.script("s", *lines), "-o", "n.md")
    assert (done.code, verdicts(farside)) == (0, [""]), done.err
    text = (farside.folder / "n.md").read_text()
    assert "| 9.80665 | cell 1, written in its code | yes | nothing |" in text
    assert "| 29.41995 | cell 1 | yes | cell 2 |" in text


def test_what_the_user_says_belongs_to_the_problem(farside: Farside) -> None:
    lines: list[Line] = [python("print(6 * 7)"), python("print(sum([6] * 7))"), {"text": "It is 42."}]
    lines += [python("print(6 * 7 * 2.5)"), python("print(sum([2.5] * 42))"), {"text": "With 2.5 it is 105."}]
    assert farside("solve", "Six sevens?", "--model", farside.script("s", *lines), "-o", "n.md").code == 0
    done = farside("say", "last", "Now times 2.5.")
    assert (done.code, done.out) == (0, "With 2.5 it is 105.\n"), done.err
    assert "| 105 | cell 3 | yes | cell 4 |" in (farside.folder / "n.md").read_text()


def test_cells_that_read_a_folder_find_it_as_it_was(farside: Farside) -> None:
    data = farside.folder / "data"
    data.mkdir()
    (data / "rows.txt").write_text("4\n8\n15\n")
    first = "rows = [int(line) for line in open('rows.txt')]\nprint(sum(rows))\nopen('rows.txt', 'a').write('16\\n');"
    read = "rows = [float(row) for row in open('rows.txt').read().split()[:3]]"
    second = f"import statistics\n{read}\nprint(statistics.mean(rows) * 3)"
    lines: list[Line] = [python(first), python(second), {"text": "The sum is 27."}]
    done = farside("solve", "The sum of rows.txt?", "--dir", "data", "--model", farside.script("folder", *lines))
    assert (done.code, verdicts(farside)) == (0, [""]), done.err
    assert (data / "rows.txt").read_text() == "4\n8\n15\n16\n"


def test_a_notebook_that_reads_files_as_farside_s_session_does_runs_outside_of_it(
    farside: Farside, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = farside.folder / "data"
    data.mkdir()
    (data / "rows.txt").write_text("4\n8\n15\n")
    first = "rows = [int(line) for line in read_file('rows.txt').split()]\nprint(sum(rows))"
    second = "print(shell('cat rows.txt'))\nprint(4.0 + float(shell('head -n2 rows.txt | tail -n1')) + 15)"
    lines: list[Line] = [python(first), python(second), {"text": "The sum is 27."}]
    model = farside.script("folder", *lines)
    assert farside("solve", "The sum of rows.txt?", "--dir", "data", "--model", model, "-o", "n.md").code == 0
    assert "from farside.tools.inside.files import read_file" in (farside.folder / "n.md").read_text()
    monkeypatch.chdir(data)
    found = executed(farside.folder / "n.ipynb")
    assert len(found) == 2 and all(then.split() == now.split() for then, now in found)


def test_what_cannot_work_is_refused_before_anything_is_spent(farside: Farside) -> None:
    (farside.folder / "mine.ipynb").write_text("{}")
    for arguments, sentence in (
        (["solve", " "], "The problem is empty."),
        (["solve", PROBLEM, "--out", "nowhere/n.md"], "There is no folder nowhere"),
        (["solve", PROBLEM, "--out", "."], "is a folder"),
        (["solve", PROBLEM, "--out", "mine.md"], "mine.ipynb already"),
        (["solve", PROBLEM, "--out", "mine.ipynb"], "mine.ipynb already"),
    ):
        done = farside(*arguments)
        assert done.code == 2 and sentence in done.err, done.err
    assert farside.runs == []


def test_a_finished_run_writes_its_notebook_again(farside: Farside) -> None:
    lines: list[Line] = [python("print(6 * 7)"), python("print(sum([6] * 7))"), {"text": "It is 42."}]
    assert farside("solve", "Six sevens?", "--model", farside.script("s", *lines), "-o", "n.md").code == 0
    before = (farside.folder / "n.md").read_text()
    (farside.folder / "n.md").unlink()
    again = farside("resume", "last")
    assert (again.code, (farside.folder / "n.md").read_text()) == (0, before)
    assert re.search(r"ran again to the same values: .*n\.md", again.err)


def test_a_notebook_that_cannot_be_written_says_so_and_the_answer_stands(farside: Farside) -> None:
    folder = farside.folder / "out"
    folder.mkdir()
    lines: list[Line] = [python("print(6 * 7)"), python("print(sum([6] * 7))"), {"text": "It is 42.", "delay_s": 1}]
    model = farside.script("s", *lines)
    with farside.typed("solve", "Six sevens?", "--model", model, "-o", "out/n.md") as process:
        farside.wait_for(lambda kinds: "call_started" in kinds)
        folder.rename(farside.folder / "moved")
        (farside.folder / "elsewhere").mkdir()
        folder.symlink_to(farside.folder / "elsewhere")
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (5, "It is 42.\n")
    assert "leads elsewhere" in err and "farside resume" in err
    assert list((farside.folder / "elsewhere").iterdir()) == []
