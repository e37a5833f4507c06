"""`farside code` on a real bug, end to end: a scripted model, real repositories, real sandboxes, real tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from farside.agent import events as ev
from tests.cli.coding import MEND, SAID, branches, calls, code, delivered, outputs, suite_on, written
from tests.cli.command import Farside
from tests.missions.code.repositories import FIX, Users, timesheet

TEST = "test_clock.Clock.test_a_shift_may_end_after_midnight"
CLOCK = "tests/test_clock.py"


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
    assert "   14      return abs(minutes(end) - minutes(start))" in second
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
