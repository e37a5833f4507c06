"""`say`, `stop`, and two who want the same run."""

import os
import signal

from farside.agent.events import Said
from tests.cli.command import DEADLINE_S, Farside, interrupted, step

SLOW = {"text": "Late.", "delay_s": 30.0}


def said(farside: Farside) -> list[str]:
    return [event.text for event in farside.events() if isinstance(event, Said)]


def test_words_reach_a_running_run_at_its_next_step(farside: Farside) -> None:
    model = farside.script("talk", {"when": "in euros", "text": "45 euros."}, *[step(delay_s=0.2)] * 200)
    with farside.working(model) as process:
        told = farside("say", "last", "Answer in euros.")
        out, _ = process.communicate(timeout=DEADLINE_S)
    assert (told.code, told.out) == (0, f"Run {farside.last.id} has taken it up.\n")
    assert (process.returncode, out, said(farside)) == (0, "45 euros.\n", ["Answer in euros."])


def test_words_to_a_run_that_is_busy_for_long_wait_for_it(farside: Farside) -> None:
    with farside.working(farside.script("slow", SLOW)):
        told = farside("say", "last", "Hurry.")
    assert (told.code, told.out) == (0, f"Run {farside.last.id} takes it up at its next step.\n")


def test_words_wake_a_finished_run_here(farside: Farside) -> None:
    run = farside.run_in("finished", {"text": "45."}, {"when": "euros", "text": "45 euros."})
    woken = farside("say", run, "In euros?")
    assert (woken.code, woken.out, said(farside)) == (0, "45 euros.\n", ["In euros?"])
    refused = farside("resume", run)
    assert (refused.code, refused.out) == (2, "")
    assert f"farside say {run}" in refused.err


def test_a_paused_run_keeps_the_words_and_spends_nothing(farside: Farside) -> None:
    run = farside.run_in("paused", {"fail": "QuotaSpent"})
    before = farside.kinds()
    told = farside("say", run, "In euros, please.")
    assert (told.code, farside.kinds()) == (0, before)
    assert f"farside resume {run}" in told.out
    model = farside.script("other", {"when": "euros", "text": "45 euros."})
    assert farside("resume", run, "--model", model).out == "45 euros.\n"


def test_no_words_are_refused(farside: Farside) -> None:
    run = farside.run_in("finished", {"text": "45."})
    assert farside("say", run, "  ").code == 2


def test_words_after_the_holder_died_are_kept(farside: Farside) -> None:
    with farside.working(farside.script("slow", SLOW)) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        told = farside("say", "last", "Still there?")
    assert told.code == 0
    assert "Kept: nobody works on run" in told.out


def test_stop_returns_when_the_process_is_gone(farside: Farside) -> None:
    with farside.working(farside.script("slow", SLOW)) as process:
        stopped = farside("stop", "last")
        assert process.wait(timeout=DEADLINE_S) == 4
    assert stopped.code == 0
    assert f"process {process.pid} and its sandbox are gone" in stopped.out
    assert f"farside resume {farside.last.id}" in stopped.out
    assert farside.kinds()[-1] == "paused"
    again = farside("stop", "last")
    assert (again.code, again.out) == (0, f"Nobody works on run {farside.last.id}: there is nothing to stop.\n")


def test_one_process_works_on_a_run_at_a_time(farside: Farside) -> None:
    with farside.working(farside.script("slow", SLOW)) as process:
        before = farside.kinds()
        second = farside("resume", "last")
        assert (second.code, farside.kinds()) == (2, before)
        assert f"process {process.pid}" in second.err
        assert f"farside stop {farside.last.id}" in second.err
        assert "working" in farside("runs").out
        assert interrupted(process).code == 4


def test_of_two_resumes_at_once_one_works(farside: Farside) -> None:
    run = farside.run_in("paused", {"fail": "QuotaSpent"})
    model = farside.script("other", {"text": "45.", "delay_s": 3.0})
    with farside.typed("resume", run, "--model", model) as one, farside.typed("resume", run, "--model", model) as two:
        codes = [process.wait(timeout=DEADLINE_S) for process in (one, two)]
        assert sorted(codes) == [0, 2]
    assert farside.kinds().count("ended") == 1


def test_a_killed_run_goes_on_where_it_was(farside: Farside) -> None:
    model = farside.script("three", step("One."), step("Two.", delay_s=1.0), {"text": "Three."})
    with farside.working(model, "plan_changed") as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert "interrupted" in farside("runs").out
    done = farside("resume", "last")
    assert (done.code, done.out, farside.kinds().count("replied")) == (0, "Three.\n", 3)
