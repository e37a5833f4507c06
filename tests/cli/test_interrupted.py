"""Ctrl-C at bad moments, readers that go away, devices that are full: the run pauses, the exit code says so."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.command import DEADLINE_S, FARSIDE, Done, Farside, interrupted, step

PYTHON = {"calls": [{"name": "python", "arguments": {"code": "1"}}]}
LATE = {"text": "Late.", "delay_s": 30.0}


def shell(farside: Farside, command: str) -> Done:
    typed = ["bash", "-c", command.replace("farside", f"'{FARSIDE}'", 1)]
    done = subprocess.run(
        typed, cwd=farside.folder, env=farside.environment, capture_output=True, text=True, check=False, timeout=60
    )
    return Done(done.returncode, done.stdout, done.stderr)


def test_an_impatient_second_interrupt_changes_nothing(farside: Farside) -> None:
    with farside.working(farside.script("slow", PYTHON, LATE), "call_finished") as process:
        farside.wait_for(lambda kinds: kinds.count("asked") == 2)
        deadline = time.monotonic() + DEADLINE_S
        while process.poll() is None and time.monotonic() < deadline:
            process.send_signal(signal.SIGINT)
            time.sleep(0.005)
        _, err = process.communicate()
    assert (process.returncode, farside.kinds()[-1]) == (4, "paused")
    assert err.rstrip().endswith(f"farside resume {farside.last.id}   goes on")


def wait_for_reader(fifo: Path) -> int:
    """Return the writing end of a pipe that somebody waits to read from."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.02)
    raise AssertionError("nobody reads it")


def test_an_interrupt_before_there_is_a_run_says_so(farside: Farside) -> None:
    os.mkfifo(farside.folder / "model")
    with farside.typed("run", "x", "--model", f"scripted/{farside.folder}/model") as process:
        writer = wait_for_reader(farside.folder / "model")
        done = interrupted(process)
    os.close(writer)
    assert (done.code, done.out, farside.runs) == (4, "", [])
    assert done.err == "farside: Stopped; nothing was started.\n"


def test_an_interrupt_while_a_run_is_taken_up_says_how_to_go_on(farside: Farside) -> None:
    run = farside.run_in("quota", {"fail": "QuotaSpent"})
    before = farside.kinds()
    os.mkfifo(farside.folder / "model")
    with farside.typed("resume", run, "--model", f"scripted/{farside.folder}/model") as process:
        writer = wait_for_reader(farside.folder / "model")
        done = interrupted(process)
    os.close(writer)
    assert (done.code, farside.kinds()) == (4, before)
    assert done.err.endswith(f"farside resume {run}\n")
    assert "Traceback" not in done.err


@pytest.mark.parametrize("ending", ["--json > /dev/full", "2> /dev/full", "2>&1 | head -n 1; exit ${PIPESTATUS[0]}"])
def test_a_run_that_cannot_be_told_pauses(farside: Farside, ending: str) -> None:
    model = farside.script("long", *[step(delay_s=0.02)] * 100, {"text": "Unseen."})
    done = shell(farside, f"farside run Count. --model {model} {ending}")
    assert (done.code, farside.kinds()[-1] in ("paused", "run_created")) == (4, True)
    assert "Traceback" not in done.out + done.err


def test_without_stderr_a_run_goes_on(farside: Farside) -> None:
    done = shell(farside, f"farside run x --model {farside.script('fine', PYTHON, {'text': 'Done.'})} 2>&-")
    assert (done.code, done.out, done.err) == (0, "Done.\n", "")


def test_an_answer_that_cannot_be_printed_is_told(farside: Farside) -> None:
    done = shell(farside, f"farside run x --model {farside.script('fine', {'text': 'Done.'})} > /dev/full")
    assert done.code == 5
    assert "not all could be printed (No space left on device)" in done.err
    assert shell(farside, "farside show last | head -n 1; exit ${PIPESTATUS[0]}").code == 0


def test_what_nobody_expected_has_an_exit_code_of_its_own() -> None:
    code = "from farside.cli.app import app, run\napp.command('fly')(lambda: {}['\\x1bwing'])\nrun(['fly'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, "KeyError" in done.stderr, "\x1b" in done.stderr) == (5, True, False)
