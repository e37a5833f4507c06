"""The `farside` command as a user types it, with its own runs and scripted models.

Calling it runs the command line in this process, which is quick; `typed` starts another process, where that matters.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from farside.agent.events import Event
from farside.agent.home import RunFolder
from farside.agent.journal import Journal
from farside.cli.app import run

FARSIDE = str(Path(sys.executable).with_name("farside"))
PLAN = {"name": "update_plan", "arguments": {"plan": [{"step": "look", "status": "doing"}], "acceptance": []}}
"""A call that needs no sandbox."""
DEADLINE_S = 40.0


def step(words: str = "", **more: object) -> dict[str, object]:
    """A line of a script that calls."""
    return {"text": words, "calls": [PLAN], **more}


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Farside:
    """Types commands into a folder of its own."""

    folder: Path
    printed: pytest.CaptureFixture[str]

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}

    def script(self, name: str, *lines: Mapping[str, object]) -> str:
        """Write a script; return the model that plays it."""
        path = self.folder / f"{name}.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return f"scripted/{path}"

    def __call__(self, *arguments: str) -> Done:
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        with pytest.raises(SystemExit) as ended:
            run(arguments)
        for number, handler in before.items():  # the command leaves them ignored: its process would end now
            signal.signal(number, handler)
        out, err = self.printed.readouterr()
        assert isinstance(ended.value.code, int)
        return Done(ended.value.code, out, err)

    @contextmanager
    def typed(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start a command; it is dead when the block ends."""
        process = subprocess.Popen(
            [FARSIDE, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def run_in(self, status: str, *lines: Mapping[str, object]) -> str:
        """Bring a run into a state; return its id."""
        done = self("run", "A goal.", "--model", self.script(status, *lines))
        assert done.code in (0, 3, 4, 5), done.err
        return self.last.id

    @property
    def runs(self) -> list[RunFolder]:
        return [RunFolder(path) for path in (self.home / "runs").glob("*")]

    @property
    def last(self) -> RunFolder:
        (only,) = self.runs
        return only

    def events(self) -> list[Event]:
        """What the journal of the only run holds."""
        journal = Journal(self.last.journal)
        try:
            return [entry.event for entry in journal.entries()]
        finally:
            journal.close()

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events()]

    def wait_for(self, reached: Callable[[list[str]], bool]) -> None:
        """Return once the kinds of the only run's events are as wanted."""
        deadline = time.monotonic() + DEADLINE_S
        while not (self.runs and self.last.journal.exists() and reached(self._kinds_so_far())):
            assert time.monotonic() < deadline, "it never came to that"
            time.sleep(0.02)

    def _kinds_so_far(self) -> list[str]:
        """A journal that is only just being made has no events yet."""
        with sqlite3.connect(f"file:{self.last.journal}?mode=ro", uri=True) as db:
            try:
                kinds = [kind for (kind,) in db.execute("SELECT kind FROM events ORDER BY seq")]
            except sqlite3.OperationalError:
                kinds = []
        db.close()
        return kinds

    @contextmanager
    def working(self, model: str, kind: str = "asked", *options: str) -> Iterator[subprocess.Popen[str]]:
        """A run in another process that has come to an event of a kind."""
        with self.typed("run", "A goal.", "--model", model, *options) as process:
            self.wait_for(lambda kinds: kind in kinds)
            yield process


def interrupted(process: subprocess.Popen[str], number: int = signal.SIGINT) -> Done:
    """Send a signal and return what the process said."""
    process.send_signal(number)
    out, err = process.communicate(timeout=DEADLINE_S)
    return Done(process.returncode, out, err)
