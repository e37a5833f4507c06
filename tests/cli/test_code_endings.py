"""`farside code` that is stopped, killed, out of budget, taken up again or forked; and how a small model is led."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest

from farside.agent import events as ev
from tests.cli.coding import GOAL, MEND, SAID, Step, branches, calls, code, delivered, outputs, suite_on, written
from tests.cli.command import Farside
from tests.missions.code.repositories import FIX, Users, timesheet


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return timesheet(tmp_path / "sheet")


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


def test_files_that_cannot_be_delivered_do_not_hold_the_rest_back(farside: Farside, users: Users) -> None:
    closed = "echo x >s && chmod 000 s && head -c 9000000 /dev/zero >'a large one'"
    act = calls(("edit_file", FIX), ("shell", {"command": closed}))
    done = code(farside, act, SAID, SAID, repo=users.path, options=("--max-steps", "2"))
    assert done.code == 3
    assert "The tests were not run on the work as it stands. Files are left out. " in done.err
    assert users.git("diff", "--name-only", "HEAD", branches(users)[0]) == "timesheet/clock.py"


def test_nothing_done_is_no_branch(farside: Farside, users: Users) -> None:
    done = code(farside, {"text": "I looked."}, {"text": "x"}, repo=users.path, options=("--max-steps", "1"))
    assert done.code == 3
    assert branches(users) == []
    assert "nowhere: nothing was changed" in delivered(farside)[0]


def test_where_no_branch_can_be_made_there_is_the_patch(farside: Farside, users: Users) -> None:
    users.git("branch", "farside")
    done = code(farside, MEND, SAID, repo=users.path)
    assert done.code == 0
    assert "The tests pass. The work is in the patch alone, as no branch could be made (" in done.err
    (farside.folder / "it.patch").write_bytes(delivered(farside)[1])
    users.git("apply", str(farside.folder / "it.patch"))
    assert FIX["new"] in (users.path / FIX["path"]).read_text()


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


def anew(expression: str, name: str = "length", **more: object) -> Step:
    """A reply to the question for a function."""
    return {"text": f"```python\ndef {name}(start, end):\n    return {expression}\n```", "when": ASKED, **more}


ASKED = "Write the function `length` anew"
SMALL: Step = {"profile": {"tools": "code", "window": 16_000, "attempts": 2}}
MODULO = anew("(minutes(end) - minutes(start)) % 1440")


def test_what_a_small_model_writes_anew_is_tested_before_its_first_reply(farside: Farside, users: Users) -> None:
    done = code(farside, SMALL, MODULO, SAID, repo=users.path, options=("--seed", "7", "--max-minutes", "5"))
    assert (done.code, done.out) == (0, f"{SAID['text']}\n")
    (opening,) = outputs(farside, "mend")
    assert "Then this was written anew: length in timesheet/clock.py." in opening
    assert "+    return (minutes(end) - minutes(start)) % 1440" in opening
    assert farside.kinds().count("replied") == farside.kinds().count("consulted") == 1
    assert suite_on(users, branches(users)[0], farside.folder / "taken") == 0
    report, _ = delivered(farside)
    assert "FAIL: test_a_shift_may_end_after_midnight" in report and "(9 passed)" in report


def test_a_run_that_is_killed_while_functions_are_written_anew_asks_nothing_twice(
    farside: Farside, users: Users
) -> None:
    model = farside.script("model", SMALL, anew("0"), SAID)
    with farside.typed("code", GOAL, "--repo", str(users.path), "--model", model) as process:
        farside.wait_for(lambda kinds: kinds.count("consulted") >= 1)
        process.send_signal(signal.SIGKILL)
        process.wait()
    asked = farside.kinds().count("consulted")
    mended = farside.script("mended", SMALL, MODULO, SAID)
    done = farside("resume", "last", "--model", mended)
    assert (done.code, done.out) == (0, f"{SAID['text']}\n")
    assert farside.kinds().count("consulted") == asked + 1
    assert suite_on(users, branches(users)[0], farside.folder / "taken") == 0


def test_a_fork_of_a_run_has_a_branch_of_its_own(farside: Farside, users: Users) -> None:
    code(farside, MEND, SAID, repo=users.path)
    first = farside.last.id
    forked = farside("fork", first, "--at", "1").out.strip()
    assert farside("resume", forked).code == 0
    assert sorted(branches(users)) == sorted([f"farside/{first}", f"farside/{forked}"])
