"""`farside code`, end to end: a scripted model, real repositories, real sandboxes, real tests."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from farside.agent import events as ev
from tests.cli.command import Done, Farside
from tests.missions.code.repositories import FIX, Users, new, timesheet
from tests.missions.code.word_processor import PROGRAM, README, START, TESTS

GOAL = "A shift that ends after midnight has the wrong length. Mend that."
TEST = "test_clock.Clock.test_a_shift_may_end_after_midnight"
CLOCK = "tests/test_clock.py"
Step = Mapping[str, object]


def calls(*named: tuple[str, Mapping[str, object]]) -> Step:
    return {"calls": [{"name": name, "arguments": arguments} for name, arguments in named]}


def written(path: str, content: str) -> tuple[str, Mapping[str, object]]:
    return "write_file", {"path": path, "content": content}


MEND = calls(("edit_file", FIX), ("run_tests", {}))
SAID: Step = {"text": "The length is taken modulo one day now."}


def code(
    farside: Farside, *script: Step, repo: Path | None = None, options: tuple[str, ...] = (), goal: str = GOAL
) -> Done:
    named = ("--repo", str(repo)) if repo else ()
    return farside("code", goal, "--model", farside.script("model", *script), *named, *options)


def outputs(farside: Farside, name: str) -> list[str]:
    """Return what the calls of a tool brought, those of the check too."""
    told, wanted = [], set()
    for event in farside.events():
        if isinstance(event, ev.Opened | ev.Checked):
            wanted |= {call.id for call in event.calls if call.name == name}
        if isinstance(event, ev.Replied):
            wanted |= {call.id for call in event.message.calls if call.name == name}
        if isinstance(event, ev.CallFinished) and event.call_id in wanted:
            told.append(event.text)
    return told


def delivered(farside: Farside) -> tuple[str, bytes]:
    """Return the report and the patch."""
    folder = farside.last.path / "delivered"
    return (folder / "report.md").read_text(), (folder / f"{farside.last.id}.patch").read_bytes()


def branches(users: Users) -> list[str]:
    return users.git("branch", "--list", "farside/*", "--format=%(refname:short)").splitlines()


def suite_on(users: Users, branch: str, folder: Path) -> int:
    """Run the tests of a branch as a user would, in a clone; return the exit code."""
    users.git("clone", "--quiet", "--branch", branch, str(users.path), str(folder))
    command = [sys.executable, "-m", "unittest", "discover", "-s", "tests"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return timesheet(tmp_path / "sheet")


def test_a_bug_is_mended_on_a_branch_and_uncommitted_work_stays_as_it_is(farside: Farside, users: Users) -> None:
    users.put("timesheet/sheet.py", "unfinished")
    users.put("staged.txt", "staged")
    users.git("add", "staged.txt")
    users.put("new.txt", "mine")
    before = users.seen()
    done = code(farside, {"text": "Done."}, MEND, SAID, repo=users.path)
    assert (done.code, done.out) == (0, f"{SAID['text']}\n")
    assert "uncommitted changes (3 files) stay as they are and are not in the copy" in done.err
    assert users.seen() == before
    assert branches(users) == [f"farside/{farside.last.id}"]
    branch = branches(users)[0]
    assert users.git("diff", "--stat", "HEAD", branch).splitlines()[0].split() == [
        "timesheet/clock.py",
        "|",
        "2",
        "+-",
    ]
    assert users.git("rev-parse", f"{branch}^") == users.git("rev-parse", "HEAD")
    assert suite_on(users, branch, farside.folder / "taken") == 0
    report, patch = delivered(farside)
    assert "**Finished.** The tests pass." in report
    assert f"git -C {users.path} merge {branch}" in report
    assert "(9 passed)" in report and "FAIL: test_a_shift_may_end_after_midnight" in report
    users.git("stash", "--include-untracked")
    (farside.folder / "it.patch").write_bytes(patch)
    users.git("apply", "--check", str(farside.folder / "it.patch"))
    place = farside.last.path / "delivered" / "report.md"
    assert f"The tests pass. The work is branch {branch} of {users.path}. Report and patch: {place}, " in done.err


def test_the_opening_shows_the_failing_test_and_the_source_it_points_to(farside: Farside, users: Users) -> None:
    code(farside, MEND, SAID, repo=users.path)
    (opening,) = outputs(farside, "orient")
    assert "timesheet/clock.py\n" in opening
    assert "AssertionError: -930 != 510" in opening
    assert "   14      return minutes(end) - minutes(start)" in opening
    assert len(opening) < 4_000


def test_a_claim_is_checked_and_what_fails_goes_back(farside: Farside, users: Users) -> None:
    wrong = calls(("edit_file", {**FIX, "new": "abs(minutes(end) - minutes(start))"}))
    right = calls(("edit_file", {**FIX, "old": "abs(minutes(end) - minutes(start))"}))
    done = code(farside, {"text": "Done."}, wrong, {"text": "Done now."}, right, SAID, repo=users.path)
    assert done.code == 0
    first, second, third = outputs(farside, "run_tests")
    assert first.startswith("Nothing has changed")
    assert second.startswith("The tests fail.") and "AssertionError: 930 != 510" in second
    assert third.startswith("The tests pass.")
    assert [event.accepted for event in farside.events() if isinstance(event, ev.Judged)] == [False, False, True]


def test_an_open_item_of_the_acceptance_list_sends_the_claim_back(farside: Farside, users: Users) -> None:
    def plan(passes: bool) -> tuple[str, Mapping[str, object]]:
        return "update_plan", {"plan": [], "acceptance": [{"item": "nights are right", "passes": passes}]}

    steps = (calls(plan(False), ("edit_file", FIX)), {"text": "Done."}, calls(plan(True)), SAID)
    assert code(farside, *steps, repo=users.path).code == 0
    judged = [event for event in farside.events() if isinstance(event, ev.Judged)]
    assert [event.accepted for event in judged] == [False, True]
    assert "- nights are right" in judged[0].reason
    assert len(outputs(farside, "run_tests")) == 1


CHEATS: dict[str, tuple[tuple[str, Mapping[str, object]], str]] = {
    "loosened": (
        ("edit_file", {"path": CLOCK, "old": '"06:30"), 510', "new": '"06:30"), -930'}),
        "checks something else",
    ),
    "skipped": (
        (
            "edit_file",
            {
                "path": CLOCK,
                "old": "    def test_a_shift_may",
                "new": "    @unittest.skip('later')\n    def test_a_shift_may",
            },
        ),
        "is skipped",
    ),
    "deleted": (("shell", {"command": f"rm {CLOCK}"}), "deleted"),
    "emptied": (("shell", {"command": f"echo > {CLOCK}"}), "is gone"),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_suite_that_is_cheated_is_found_out_and_never_passes(farside: Farside, users: Users, cheat: str) -> None:
    act, told = CHEATS[cheat]
    steps = (calls(act), {"text": "All tests pass."}, {"text": "They do."})
    done = code(farside, *steps, repo=users.path, options=("--max-steps", "3"))
    assert done.code == 3
    check = outputs(farside, "run_tests")[-1]
    assert check.startswith("The tests pass only because they were changed")
    assert told in check and TEST in check
    assert "Partial: the budget is used up. The tests pass only because they were changed" in done.err
    assert "The tests pass only because they were changed" in delivered(farside)[0]
    assert "Partial: " in users.git("log", "-1", "--format=%B", branches(users)[0])


def test_a_cheat_that_is_taken_back_is_forgiven(farside: Farside, users: Users) -> None:
    back = calls(("shell", {"command": f"git checkout begin -- {CLOCK}"}), ("edit_file", FIX))
    done = code(farside, calls(CHEATS["deleted"][0]), {"text": "Done."}, back, SAID, repo=users.path)
    assert done.code == 0
    assert users.git("diff", "--name-only", "HEAD", branches(users)[0]) == "timesheet/clock.py"


def test_tests_may_change_where_the_user_says_so_and_each_change_is_reported(farside: Farside, users: Users) -> None:
    done = code(farside, calls(CHEATS["loosened"][0]), SAID, repo=users.path, options=("--tests-may-change",))
    assert done.code == 0
    assert f"Done to a test that was there: {CLOCK}: Clock.test_a_shift_may_end" in delivered(farside)[0]


def test_tests_that_hang_are_killed_and_told_as_such(farside: Farside, users: Users) -> None:
    users.put("tests/test_wait.py", "import time\n\nprint('waiting', flush=True)\ntime.sleep(1000)\n")
    users.commit()
    done = code(farside, MEND, SAID, SAID, repo=users.path, options=("--test-timeout", "2", "--max-steps", "3"))
    assert done.code == 3
    check = outputs(farside, "run_tests")[-1]
    assert check.startswith("The tests hang: they were stopped")
    assert "waiting" in check and "it ran longer than its 2 s" in check
    assert "Partial: the budget is used up. The tests hang" in done.err


def test_a_script_that_runs_the_tests_is_part_of_them(farside: Farside, users: Users) -> None:
    users.put("check.sh", "python -m unittest discover -s tests 2>/dev/null\n")
    users.commit()
    steps = (calls(written("check.sh", "true\n")), {"text": "Done."}, {"text": "So be it."})
    done = code(farside, *steps, repo=users.path, options=("--test", "sh ./check.sh", "--max-steps", "3"))
    assert done.code == 3
    (check,) = outputs(farside, "run_tests")
    assert check.startswith("The tests pass only because they were changed")
    assert "check.sh: changed, and the tests are run by it" in check


def test_failures_that_were_there_before_and_stay_are_named(farside: Farside, users: Users) -> None:
    users.put(
        "tests/test_net.py",
        "import unittest\n\nclass N(unittest.TestCase):\n    def test_net(self):\n        1 / 0\n",
    )
    users.commit()
    done = code(farside, MEND, SAID, {"text": "test_net divides by zero, as before."}, repo=users.path)
    assert done.code == 0
    assert done.out.endswith("Some tests still fail, all of which failed before the work began.\n")
    assert "test_net (test_net.N.test_net)" in delivered(farside)[0]


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


def test_out_of_budget_what_there_is_is_delivered_as_a_part(farside: Farside, users: Users) -> None:
    mend = calls(("edit_file", FIX))
    done = code(farside, mend, {"text": "So far."}, {"text": "More."}, repo=users.path, options=("--max-steps", "2"))
    assert done.code == 3
    assert "Partial: the budget is used up. The tests were not run on the work as it stands." in done.err
    assert users.git("diff", "--name-only", "HEAD", branches(users)[0]) == "timesheet/clock.py"
    assert "**Partial: the budget is used up.**" in delivered(farside)[0]
    again = farside("resume", "last", "--max-steps", "9")
    assert again.code == 0
    assert "**Finished.** The tests pass." in delivered(farside)[0]
    assert branches(users) == [f"farside/{farside.last.id}"]
    assert "Partial" not in users.git("log", "-1", "--format=%B", branches(users)[0])


def test_nothing_done_is_no_branch(farside: Farside, users: Users) -> None:
    done = code(farside, {"text": "I looked."}, {"text": "x"}, repo=users.path, options=("--max-steps", "1"))
    assert done.code == 3
    assert branches(users) == []
    assert "nowhere: nothing was changed" in delivered(farside)[0]


@pytest.mark.parametrize("moment", ["orient", "write_file", "run_tests"])
def test_a_run_that_is_killed_goes_on(farside: Farside, users: Users, moment: str) -> None:
    users.put("tests/test_slow.py", "import time, unittest\n\ntime.sleep(2)\n")
    users.commit()
    mended = (users.path / FIX["path"]).read_text().replace(FIX["old"], FIX["new"])
    model = farside.script("model", calls(written(FIX["path"], mended)), SAID)
    wanted = {"orient": 1, "write_file": 2, "run_tests": 3}[moment]
    with farside.typed("code", GOAL, "--repo", str(users.path), "--model", model) as process:
        farside.wait_for(lambda kinds: kinds.count("call_started") == wanted)
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = farside("resume", "last")
    assert (done.code, done.out) == (0, f"{SAID['text']}\n")
    assert suite_on(users, branches(users)[0], farside.folder / "taken") == 0


def test_what_was_delivered_is_written_again_and_never_over_the_user_s_work(farside: Farside, users: Users) -> None:
    code(farside, MEND, SAID, repo=users.path)
    (branch,) = branches(users)
    shutil.rmtree(farside.last.path / "delivered")
    users.git("branch", "-D", branch)
    assert farside("resume", "last").code == 0
    first = users.git("rev-parse", branch)
    assert "**Finished.**" in delivered(farside)[0]
    assert farside("resume", "last").code == 0
    assert users.git("rev-parse", branch) == first
    users.git("checkout", "--quiet", branch)
    users.put("mine.txt", "mine")
    mine = users.commit()
    assert farside("resume", "last").code == 0
    assert users.git("rev-parse", branch) == mine
    assert branches(users) == [branch, f"{branch}-2"]
    assert users.git("rev-parse", f"{branch}-2^{{tree}}") == users.git("rev-parse", f"{first}^{{tree}}")


def test_a_small_model_mends_it_with_a_block_of_python(farside: Farside, users: Users) -> None:
    lines = "replace_lines('timesheet/clock.py', 14, 14, '    return (minutes(end) - minutes(start)) % 1440')"
    block = f"The end may be tomorrow.\n\n```python\n{lines}\nprint(run_tests())\n```"
    steps = ({"profile": {"tools": "code", "window": 16_000}}, {"text": block}, SAID)
    done = code(farside, *steps, repo=users.path)
    assert (done.code, done.out) == (0, f"{SAID['text']}\n")
    assert "The tests pass." in outputs(farside, "python")[0]
    briefed = next(event.system for event in farside.events() if isinstance(event, ev.Briefed))
    assert "replace_lines(path, first, last, text)" in briefed and "run_tests()" in briefed


def test_a_small_model_that_is_told_in_vain_begins_anew_from_the_files_as_they_were(
    farside: Farside, users: Users
) -> None:
    wrong = {**FIX, "new": "0"}
    block = f"```python\nprint(edit_file({wrong['path']!r}, {wrong['old']!r}, '0'))\n```"
    profile: Step = {"profile": {"tools": "code", "window": 16_000, "attempts": 2}}
    done = code(farside, profile, {"text": block}, *([SAID] * 6), repo=users.path, options=("--seed", "7"))
    assert done.code == 5
    assert [event.number for event in farside.events() if isinstance(event, ev.Attempted)] == [2]
    assert outputs(farside, "python") == ["Edited timesheet/clock.py: 1 place, line 14."] * 2


def test_a_fork_of_a_run_has_a_branch_of_its_own(farside: Farside, users: Users) -> None:
    code(farside, MEND, SAID, repo=users.path)
    first = farside.last.id
    forked = farside("fork", first, "--at", "1").out.strip()
    assert farside("resume", forked).code == 0
    assert sorted(branches(users)) == sorted([f"farside/{first}", f"farside/{forked}"])
