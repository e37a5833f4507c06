"""`farside code` from nothing, from odd states of a repository, and where it cannot begin."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.coding import MEND, SAID, Step, branches, calls, code, delivered, outputs, written
from tests.cli.command import Farside
from tests.missions.code.repositories import TIMESHEET, Users, new, timesheet
from tests.missions.code.word_processor import PROGRAM, README, START, TESTS


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return timesheet(tmp_path / "sheet")


def word_processor(start: str) -> Step:
    return calls(
        written("word.py", PROGRAM),
        written("tests/test_word.py", TESTS),
        written("README.md", README.format(start=start)),
    )


def test_a_word_processor_from_nothing_is_a_repository_that_starts(farside: Farside) -> None:
    steps = (word_processor(""), {"text": "Written."}, calls(written("README.md", README.format(start=START))), SAID)
    done = code(farside, *steps, goal="Write a small word processor.")
    assert done.code == 0
    first, second = outputs(farside, "run_tests")
    assert first.startswith("The tests pass, but the program does not start.")
    assert second.startswith("The tests pass.")
    (found,) = re.findall(r"git clone (\S+) NAME", delivered(farside)[0])
    taken = farside.folder / "taken"
    subprocess.run(["git", "clone", "--quiet", found, str(taken)], check=True)
    assert sorted(path.name for path in taken.rglob("*.*") if ".git" not in path.parts) == [
        "README.md",
        "test_word.py",
        "word.py",
    ]
    command = [sys.executable, "-m", "word", "letter.txt"]
    typed = "add Dear reader,\ncount\nsave\nquit\n"
    said = subprocess.run(command, cwd=taken, input=typed, capture_output=True, text=True, check=True).stdout
    assert "2 words, 1 paragraphs" in said
    assert (taken / "letter.txt").read_text() == "Dear reader,"


def test_an_empty_repository_gets_its_first_commit_on_a_branch(farside: Farside, tmp_path: Path) -> None:
    users = new(tmp_path / "empty")
    users.put("notes.txt", "mine")
    before = users.seen()
    done = code(farside, word_processor(START), SAID, repo=users.path, goal="Write a small word processor.")
    assert done.code == 0
    assert users.seen() == before
    assert users.git("ls-tree", "-r", "--name-only", branches(users)[0]).splitlines() == [
        "README.md",
        "tests/test_word.py",
        "word.py",
    ]


def test_a_program_without_tests_is_not_finished(farside: Farside) -> None:
    steps = (calls(written("word.py", PROGRAM)), *([SAID] * 5))
    done = code(farside, *steps, goal="Write a small word processor.")
    assert done.code == 5
    assert "Partial: it keeps claiming to be finished, which does not hold. The tests did not run." in done.err
    check = outputs(farside, "run_tests")[-1]
    assert check.startswith("The tests did not run.") and "No tests were found." in check


def test_a_detached_head_is_worked_on_and_stays_detached(farside: Farside, users: Users) -> None:
    users.git("checkout", "--quiet", "--detach")
    before = users.seen()
    assert code(farside, MEND, SAID, repo=users.path).code == 0
    assert users.seen() == before
    assert users.git("rev-parse", f"{branches(users)[0]}^") == users.git("rev-parse", "HEAD")


def test_a_repository_that_names_commits_with_sha_256_will_do(farside: Farside, tmp_path: Path) -> None:
    users = Users(tmp_path / "long")
    users.path.mkdir()
    users.git("init", "--quiet", "--object-format=sha256")
    shutil.copytree(TIMESHEET, users.path, dirs_exist_ok=True)
    users.commit()
    assert code(farside, MEND, SAID, repo=users.path).code == 0
    assert users.git("diff", "--name-only", "HEAD", branches(users)[0]) == "timesheet/clock.py"


def _nothing(path: Path) -> None:
    path.mkdir()


def _untested(path: Path) -> None:
    users = new(path)
    users.put("a.py", "x = 1\n")
    users.commit()


@pytest.mark.parametrize(
    ("make", "sentence", "next_step"),
    [
        (_nothing, "is not a git repository", "farside run GOAL --dir"),
        (_untested, "No way to run the tests of", "--test 'CMD'"),
        (lambda path: None, "is not a folder", "--repo"),
    ],
)
def test_what_cannot_work_is_refused_before_there_is_a_run(
    farside: Farside, tmp_path: Path, make: Callable[[Path], None], sentence: str, next_step: str
) -> None:
    make(tmp_path / "it")
    done = code(farside, SAID, repo=tmp_path / "it")
    assert (done.code, farside.runs) == (2, [])
    assert sentence in done.err and next_step in done.err


def test_there_is_no_folder_to_work_on_in_place(farside: Farside, users: Users) -> None:
    done = code(farside, SAID, options=("--dir", str(users.path)))
    assert (done.code, farside.runs) == (2, [])
    assert "No such option: --dir" in done.err
