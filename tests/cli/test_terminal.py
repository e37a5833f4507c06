"""The live view in a real terminal: a pseudo one, whose screen is read."""

import codecs
import os
import pty
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fcntl import ioctl

from tests.cli.command import DEADLINE_S, FARSIDE, PLAN, Farside, step
from tests.cli.emulator import Emulator

WIDTH = 90


@dataclass
class Terminal:
    """A command on the other side of a pseudo terminal."""

    process: subprocess.Popen[bytes]
    master: int
    raw: bytes = b""
    screen: Emulator = field(default_factory=lambda: Emulator(WIDTH))
    decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8"))

    def read(self) -> bool:
        """Take in what was written; False once the command has gone and all is read."""
        try:
            chunk = os.read(self.master, 65_536)
        except OSError:  # how Linux says that the other side is closed
            return False
        self.raw += chunk
        self.screen.feed(self.decoder.decode(chunk))
        return True

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while words not in self.screen.text:
            assert time.monotonic() < deadline and self.read(), f"never on the screen: {words}\n{self.screen.text}"

    def rest(self) -> int:
        while self.read():
            pass
        return self.process.wait(timeout=DEADLINE_S)


@contextmanager
def terminal(farside: Farside, *arguments: str) -> Iterator[Terminal]:
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, WIDTH, 0, 0))
    environment = {name: value for name, value in farside.environment.items() if name != "COLUMNS"}
    process = subprocess.Popen(
        [FARSIDE, *arguments],
        cwd=farside.folder,
        env=environment,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=lambda: ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_a_run_as_it_is_watched(farside: Farside) -> None:
    lines: list[dict[str, object]] = [
        step("I plan.", thinking="Hm, two files."),
        {"calls": [PLAN]},
        {"text": "It is \x1b[5m45.", "delay_s": 1.0},
    ]
    with terminal(farside, "run", "What is the total?", "--model", farside.script("watched", *lines)) as seen:
        seen.wait_for("step 3 of 300  waiting for the model")
        seen.wait_for("sandbox bubblewrap")
        assert f"run {farside.last.id}" in seen.screen.text
        assert seen.rest() == 0
    rows = seen.screen.text.splitlines()
    assert rows[1].strip() == "☾  What is the total?"
    assert [row.strip() for row in rows if row.strip().startswith(("1 ", "2 ", "◐"))] == [
        *("1  Hm, two files.", "◐ look", "2  no words, straight to work", "◐ look"),
    ]
    assert "step 3 of 300" not in seen.screen.text, "the block is left behind"
    after = seen.screen.text[seen.screen.text.index("finished in 3 steps") :]
    assert "\n\nIt is 45.\n\n" in after
    assert f"farside say {farside.last.id}" in after


def test_ctrl_c_pauses_and_names_the_command_that_goes_on(farside: Farside) -> None:
    model = farside.script("slow", step("I plan."), {"text": "Late.", "delay_s": 30.0})
    with terminal(farside, "run", "Wait.", "--model", model) as seen:
        seen.wait_for("step 2 of 300  waiting")
        os.write(seen.master, b"\x03")
        assert seen.rest() == 4
    assert seen.screen.text.rstrip().endswith(f"farside resume {farside.last.id}   goes on")
    assert "^C" not in seen.screen.text
    assert "Traceback" not in seen.screen.text


def test_a_killed_view_leaves_a_terminal_that_works(farside: Farside) -> None:
    model = farside.script("slow", {"text": "Late.", "delay_s": 30.0})
    with terminal(farside, "run", "Wait.", "--model", model) as seen:
        before = termios.tcgetattr(seen.master)
        seen.wait_for("step 1 of 300  waiting")
        os.kill(seen.process.pid, signal.SIGKILL)
        seen.process.wait()
        assert termios.tcgetattr(seen.master) == before
    assert b"\x1b[?25l" not in seen.raw


def one_of_many(number: int) -> dict[str, object]:
    plan = {"plan": [{"step": f"part {number}", "status": "doing"}], "acceptance": []}
    return {"text": f"Step {number}.", "calls": [{"name": "update_plan", "arguments": plan}]}


def test_redraws_are_few(farside: Farside) -> None:
    model = farside.script("quick", *[one_of_many(number) for number in range(40)], {"text": "Done."})
    with terminal(farside, "run", "Hurry.", "--model", model) as seen:
        assert seen.rest() == 0
    events = 6 * 41
    assert seen.raw.count(b"\x1b[?2026h") < events
