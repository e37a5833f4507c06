"""Servers that hang, die, flood, chatter or change: each is a clear sentence, and the run goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from farside.errors import FarsideError
from farside.tools import processes
from farside.tools.base import Effect
from farside.tools.mcp.confined import prove_dead
from farside.tools.mcp.offer import Offer
from tests.house.sources import ROOT
from tests.tools.mcp.boxes import FREE, opened, rude

WORK = Offer("rude", "work", "rude_work", "Does work.\n(Tool of the MCP server rude.)", '{"type": "object"}', True)
ACT = Offer("rude", "act", "rude_act", "Does act.\n(Tool of the MCP server rude.)", '{"type": "object"}')


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("how", "more", "told"),
    [
        ("silent", {"start_timeout": 0.5}, r"rude did not answer within 0.5 s of its start"),
        ("broken", {}, r"rude ended \(exit code 1\): Traceback: no module named cheese, at its start"),
        ("fine", {"tools": ["work", "play"]}, r"has no tool play"),
        ("endless", {}, r"rude cannot be used \(its list of tools is longer than 8 MB\), at its start"),
        ("many", {}, r"offer 200 tools \(rude 200\); a model can be told of 125"),
        ("fine", {"command": "no-such-program"}, r"program no-such-program of the MCP server rude is not there"),
    ],
)
def test_a_server_that_cannot_be_used_is_refused_at_the_start(
    place: Path, how: str, more: dict[str, object], told: str
) -> None:
    table = rude(how, place / "work", **more)
    with pytest.raises(FarsideError, match=told) as caught, opened(place, {"rude": table}):
        pass
    assert caught.value.next_step
    assert left(place) == []


def left(place: Path) -> list[int]:
    """Return the processes that name this test's folder."""
    mark = str(place / "work").encode()
    found = []
    for process in processes.everything():
        try:
            words = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            if mark in words and b"rude.py" in words:
                found.append(process.pid)
        except OSError:
            continue
    return found


def test_a_server_that_hangs_in_a_call_is_ended_and_starts_anew(place: Path) -> None:
    with opened(place, {"rude": rude("hangs", place / "work", timeout=0.3)}, layers=FREE) as box:
        outcome = box.call("rude_act")
        assert outcome.text == (
            "The MCP server rude did not answer within 0.3 s, nor when it was asked for its tools, and was ended. "
            "Whether the call took effect is unknown: check that before you repeat it."
        )
        assert not outcome.ok
        assert left(place) == []
    assert box.starts() == 1


def test_a_server_that_is_slow_keeps_its_state(place: Path) -> None:
    with opened(place, {"rude": rude("slow", place / "work", timeout=0.5)}, layers=FREE) as box:
        assert "did not answer within 0.5 s. Whether" in box.call("rude_act").text
        assert "did not answer within 0.5 s. Whether" in box.call("rude_act").text
        assert box.starts() == 1


@pytest.mark.parametrize(("name", "trust", "calls"), [("act", True, 1), ("work", False, 1), ("work", True, 2)])
def test_a_call_in_which_the_server_dies_is_made_again_only_where_that_is_safe(
    place: Path, name: str, trust: bool, calls: int
) -> None:
    with opened(place, {"rude": rude("dies-once", place / "work", trust=trust)}, layers=FREE) as box:
        outcome = box.call(f"rude_{name}")
        assert (len(box.calls()), outcome.ok) == (calls, calls == 2)
        if calls == 1:
            assert outcome.text == (
                "The MCP server rude ended (exit code 3): out of cheese. "
                "Whether the call took effect is unknown: check that before you repeat it."
            )
        assert "done in start 2" in box.call(f"rude_{name}").text


def test_a_server_that_fails_again_and_again_rests(place: Path) -> None:
    with opened(place, {"rude": rude("dies", place / "work")}, layers=FREE) as box:
        for _ in range(3):
            assert "out of cheese" in box.call("rude_act").text
        rests = box.call("rude_act")
        assert rests.text.startswith("The MCP server rude failed 3 times in a row and was not called: it can be")
        assert (box.starts(), len(box.calls()), rests.ok) == (3, 3, False)


@pytest.mark.parametrize("how", ["floods", "chatters"])
def test_a_server_that_floods_is_ended(place: Path, how: str) -> None:
    with opened(place, {"rude": rude(how, place / "work", timeout=60)}) as box:
        assert "rude sent more than 8 MB in one message, or 16 MB without a pause" in box.call("rude_act").text
        assert left(place) == []


def test_a_server_that_asks_and_reads_no_answer_is_ended(place: Path) -> None:
    with opened(place, {"rude": rude("asks", place / "work", timeout=20)}, layers=FREE) as box:
        told = box.call("rude_act").text
        assert "rude asked more than 1,000 times without reading an answer, and was ended" in told
        assert left(place) == []


def test_what_a_server_writes_to_stderr_never_blocks_it(place: Path) -> None:
    with opened(place, {"rude": rude("shouts", place / "work")}, layers=FREE) as box:
        assert "done in start 1" in box.call("rude_act").text


def test_lines_that_are_no_messages_are_counted(place: Path) -> None:
    with opened(place, {"rude": rude("garbage", place / "work", timeout=0.5)}, layers=FREE) as box:
        assert "did not answer within 0.5 s (it wrote 5 lines that are no messages)" in box.call("rude_act").text


def test_a_result_that_is_none_is_told(place: Path) -> None:
    with opened(place, {"rude": rude("wrong", place / "work")}, layers=FREE) as box:
        assert "rude answered with what is no result of this tool" in box.call("rude_act").text


def test_odd_names_are_valid_distinct_and_hide_none_of_ours(place: Path) -> None:
    with opened(place, {"read": rude("odd", place / "work")}, layers=FREE) as box:
        names = [spec.name for spec in box.toolbox.specs]
        assert len(set(names)) == 5
        assert "read_file" not in names
        assert sum(name.startswith("read_file_") for name in names) == 1
        assert "done in start 1" in box.call(next(name for name in names if name.startswith("read_a_b_c"))).text
        assert box.calls() == ["a/b"] or box.calls() == ["a/b", "c"]


def test_a_resumed_run_starts_no_server_before_its_first_call(place: Path) -> None:
    table = rude("fine", place / "work", trust=True)
    with opened(place, {"rude": table}, known=(WORK, ACT), layers=FREE) as box:
        assert [spec.name for spec in box.toolbox.specs] == ["rude_work", "rude_act"]
        assert [box.toolbox.effect(name) for name in ("rude_work", "rude_act")] == [Effect.PURE, Effect.UNSAFE]
        assert not (place / "work" / "starts").exists()
        told = box.call("rude_act").text
        assert "done in start 1" in told
        assert "described or called otherwise now: act, work" in told


def test_a_server_that_is_gone_at_a_resume_is_told_to_the_model(place: Path) -> None:
    table = rude("fine", place / "work", command="no-such-program")
    with opened(place, {"rude": table}, known=(ACT,), layers=FREE) as box:
        assert box.call("rude_act").text.startswith(
            "The program no-such-program of the MCP server rude is not there."
        )


def test_closing_ends_every_process_and_may_be_done_twice(place: Path) -> None:
    with opened(place, {"rude": rude("fine", place / "work")}) as box:
        assert box.call("rude_act").ok
        assert left(place)
        began = time.monotonic()
        box.toolbox.close()
        assert left(place) == []
        assert time.monotonic() - began < 20


def interrupt_after(file: Path) -> Thread:
    """Press Ctrl-C once a file is there."""

    def wait() -> None:
        until = time.monotonic() + 100
        while not file.exists() and time.monotonic() < until:
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    thread = Thread(target=wait)
    thread.start()
    return thread


def test_ctrl_c_ends_a_call_and_its_server(place: Path) -> None:
    with opened(place, {"rude": rude("hangs", place / "work")}, layers=FREE) as box:
        thread = interrupt_after(place / "work" / "calls")
        with pytest.raises(KeyboardInterrupt):
            box.call("rude_act")
        thread.join()
        assert left(place) == []


def test_ctrl_c_ends_a_start(place: Path) -> None:
    thread = interrupt_after(place / "scratch" / "mcp-rude" / "sandbox.json")
    with pytest.raises(KeyboardInterrupt), opened(place, {"rude": rude("silent", place / "work")}, layers=FREE):
        pass
    thread.join()
    assert left(place) == []


def test_the_servers_of_a_farside_that_was_killed_are_ended_when_the_run_goes_on(place: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(place)], cwd=ROOT)
    until = time.monotonic() + 100
    while not (place / "work" / "calls").exists() and time.monotonic() < until:
        time.sleep(0.02)
    holder.kill()
    holder.wait()
    assert left(place)
    prove_dead(place / "scratch")
    assert left(place) == []


HOLDER = """
import pathlib, sys
from tests.tools.mcp.boxes import FREE, opened, rude
place = pathlib.Path(sys.argv[1])
with opened(place, {"rude": rude("hangs", place / "work")}, layers=FREE) as box:
    box.call("rude_act")
"""
