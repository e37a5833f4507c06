"""`runs` and `show`, also of journals that cannot be read."""

import sqlite3
import subprocess

import pytest

from farside.agent.events import Resumed
from tests.cli.command import FARSIDE, PLAN, Farside, step


def test_a_run_is_told_from_goal_to_answer(farside: Farside) -> None:
    call = {"name": "read_file", "arguments": {"path": "nowhere.txt"}}
    model = farside.script(
        "told", step("I plan.", thinking="It has two parts."), {"calls": [call, PLAN]}, {"text": "It is 45."}
    )
    assert farside("run", "What is the total?", "--model", model, "--seed", "7").code == 0
    shown = farside("show", "last")
    assert shown.code == 0
    expected = [
        "What is the total?",
        model,
        "seed 7",
        "◐ look",
        "1  It has two parts.",
        "I plan.",
        "read_file",
        "45.",
    ]
    positions = [shown.out.find(words) for words in expected]
    assert -1 not in positions
    assert positions == sorted(positions)
    assert "\x1b" not in shown.out


def test_the_list_has_the_latest_first_and_says_how_each_stands(farside: Farside) -> None:
    assert 'farside run "GOAL"' in farside("runs").err
    farside("run", "First goal.", "--model", farside.script("fine", {"text": "Done."}))
    farside("run", "Second goal.", "--model", farside.script("quota", {"fail": "QuotaSpent"}))
    lines = farside("runs").out.splitlines()
    assert ["paused" in lines[0], "Second goal." in lines[0]] == [True, True]
    assert ["finished" in lines[1], "First goal." in lines[1], "1 step " in lines[1]] == [True, True, True]


def newer(path: str) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=99")
    db.close()


def corrupt(path: str) -> None:
    with open(path, "r+b") as file:  # noqa: PTH123
        file.write(b"no database at all")


def unreadable_event(path: str) -> None:
    with sqlite3.connect(path) as db:
        db.execute("""UPDATE events SET body = '{"kind": "unheard of"}' WHERE seq = 2""")
    db.close()


def headless(path: str) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM events WHERE seq = 1")
    db.close()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (newer, "Update farside"),
        (corrupt, "cannot be used"),
        (unreadable_event, "Event 2 of"),
        (headless, "is no whole story"),
    ],
)
def test_a_journal_that_cannot_be_read_is_left_alone(farside: Farside, damage: object, told: str) -> None:
    assert callable(damage)
    run = farside.run_in("paused", {"fail": "QuotaSpent"})
    damage(str(farside.last.journal))
    before = farside.last.journal.read_bytes()
    for command in ("resume", "show"):
        done = farside(command, run)
        assert (done.code, done.out) == (2, "")
        assert told in done.err
        assert "Traceback" not in done.err
    listed = farside("runs")
    assert (listed.code, "unreadable" in listed.out) == (0, True)
    assert farside.last.journal.read_bytes() == before


def test_a_run_can_be_told_where_nothing_can_be_written(farside: Farside) -> None:
    run = farside.run_in("finished", {"text": "It is 45."})
    farside.last.lease.unlink()
    for command, code in ((f"show {run}", 0), ("runs", 0), (f"resume {run}", 2)):
        typed = f"ulimit -f 0; exec '{FARSIDE}' {command}"
        done = subprocess.run(
            ["bash", "-c", typed], env=farside.environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, "Traceback" in done.stderr) == (code, False)
        assert run in done.stdout + done.stderr


def test_resume_changes_only_what_is_named(farside: Farside) -> None:
    farside("run", "x", "--model", farside.script("quota", {"fail": "QuotaSpent"}), "--max-thinking", "7")
    for options in ([], ["--max-thinking", "0"], ["--max-steps", "9"]):
        farside("resume", "last", "--model", farside.script("quota", {"fail": "QuotaSpent"}), *options)
    budgets = [event.settings.budget for event in farside.events() if isinstance(event, Resumed)]
    assert [(budget.max_thinking, budget.max_steps) for budget in budgets] == [(7, 300), (7, 300), (0, 300), (0, 9)]
    refused = farside("resume", "last", "--model", "")
    assert (refused.code, "There is no model provider ''" in refused.err) == (2, True)
