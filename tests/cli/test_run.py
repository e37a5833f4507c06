"""`farside run`: what is printed where, and with which code it exits."""

import re
import signal

import pytest

from tests.cli.command import PLAN, Farside, interrupted, step

ANSWER = {"thinking": "So it is 45.", "text": "The total is 45.\n\nIt comes from *two* files."}


def test_the_answer_alone_goes_to_stdout(farside: Farside) -> None:
    model = farside.script("three", step("First I plan."), {"calls": [PLAN, PLAN]}, ANSWER)
    done = farside("run", "What is the total?", "--model", model)
    assert (done.code, done.out) == (0, "The total is 45.\n\nIt comes from *two* files.\n")
    steps = [line for line in done.err.splitlines() if line.startswith("step ")]
    assert [line.split()[1] for line in steps] == ["1/300", "2/300", "3/300"]
    assert re.search(r"finished in 3 steps", done.err)
    assert f"farside say {farside.last.id}" in done.err
    assert "\x1b" not in done.out + done.err


def test_what_a_model_writes_cannot_steer_the_log(farside: Farside) -> None:
    evil = "\x1b[2J\x1b]0;title\x07red \x1b[31mtext"
    model = farside.script("evil", step(evil), {"calls": [{"name": evil, "arguments": {}}]}, {"text": "Done."})
    done = farside("run", evil, "--model", model)
    assert done.code == 0
    assert "\x1b" not in done.err + farside("runs").out + farside("show", "last").out


def test_out_of_budget_prints_the_best_answer_and_the_next_command(farside: Farside) -> None:
    model = farside.script("long", step("Found: 12 so far."), step("Still 12."), step("More."), {"text": "It is 13."})
    done = farside("run", "Count.", "--model", model, "--max-steps", "2")
    assert (done.code, done.out) == (3, "Still 12.\n")
    assert f"farside resume {farside.last.id} --max-steps 4" in done.err
    again = farside("resume", "last", "--max-steps", "9")
    assert (again.code, again.out) == (0, "It is 13.\n")


def test_out_of_time_the_next_reply_is_the_last_or_none(farside: Farside) -> None:
    model = farside.script("slow", {**step("Found: 12 so far."), "delay_s": 0.2}, step("More."))
    done = farside("run", "Count.", "--model", model, "--max-minutes", "0.002")
    assert (done.code, done.out) == (3, "Found: 12 so far.\n")
    assert f"farside resume {farside.last.id} --max-minutes 0.004" in done.err
    again = farside(
        "resume", "last", "--model", farside.script("on", {"text": "x"}, {"text": "It is 13."}), "--max-minutes", "9"
    )
    assert (again.code, again.out) == (0, "It is 13.\n")


def test_a_failure_names_the_reason_and_the_next_command(farside: Farside) -> None:
    done = farside("run", "Count.", "--model", farside.script("dead", step("Hm."), {"fail": "Unreachable"}))
    assert done.code == 5
    assert "failed at step 1: Unreachable" in done.err
    assert f"farside resume {farside.last.id}" in done.err
    answering = farside.script("alive", {"text": "never asked"}, {"text": "Now it answers."})
    other = farside("resume", farside.last.id, "--model", answering)
    assert (other.code, other.out) == (0, "Now it answers.\n")


def test_a_spent_quota_pauses(farside: Farside) -> None:
    done = farside("run", "Count.", "--model", farside.script("quota", {"fail": "QuotaSpent"}))
    assert (done.code, farside.kinds()[-1]) == (4, "paused")
    assert "paused at step 0: QuotaSpent" in done.err
    assert f"farside resume {farside.last.id}" in done.err


def test_a_script_that_ran_out_breaks_the_run_off(farside: Farside) -> None:
    done = farside("run", "Count.", "--model", farside.script("short", step()))
    assert done.code == 5
    assert "broke off" in done.err
    assert f"farside resume {farside.last.id}" in done.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_pauses_cleanly(farside: Farside, number: int) -> None:
    model = farside.script("slow", {"text": "Late.", "delay_s": 600.0})
    with farside.working(model) as process:
        done = interrupted(process, number)
    assert (done.code, done.out, farside.kinds()[-1]) == (4, "", "paused")
    assert f"farside resume {farside.last.id}" in done.err
    assert "Traceback" not in done.err


def test_a_run_without_the_sandbox_says_so(farside: Farside) -> None:
    done = farside("run", "x", "--model", farside.script("fine", ANSWER), "--no-sandbox")
    assert done.code == 0
    assert "sandbox: no sandbox" in done.err
