"""The host's end of a sandbox: starts it, asks the warden inside, and ends it for good."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from farside.errors import FarsideError
from farside.tools import cgroup, processes, remains
from farside.tools.crowd import Crowd
from farside.tools.frames import BrokenFrame, Frame, receive, send
from farside.tools.sandbox import PACKAGE, Confinement, Layer, environment, packages

START = 60.0
"""Seconds that a sandbox may take to come up; on an idle machine it takes under 0.1."""
PATIENCE = 30.0
"""Seconds that the warden has beyond a call's own deadline, to kill and to report."""

Answer = Callable[[str, dict[str, Any]], tuple[str, bool]]
"""Answers a question from inside (`recall`, `consult`, `update_plan`, `call`): the text, and whether it is one."""


class SandboxDied(Exception):
    """The warden is gone or does not answer any more; everything inside was killed."""


class Worker:
    """One sandbox at a time, started when it is first needed and again after its death."""

    def __init__(self, layer: Layer, confinement: Confinement, answer: Answer) -> None:
        self._layer = layer
        self._confinement = confinement
        self._answer = answer
        self._peer: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._group: cgroup.Cgroup | None = None
        self._remains: remains.Remains | None = None
        self._crowd: Crowd | None = None
        self._seen = (0, 0)
        self.lent: dict[str, list[str]] = {}
        """Functions that the Python session of the next sandbox has beside its own, each with its parameters."""
        self._token = ""
        """Of a sandbox that was begun and is not known to be up yet."""

    @property
    def running(self) -> bool:
        """Whether a sandbox is there; the next one starts without any state."""
        return self._peer is not None

    def ask(self, tool: str, arguments: dict[str, Any], seconds: float, blobs: Sequence[bytes] = ()) -> Frame:
        """Have the warden do one thing and return its report; the first blob of it is the output, if any.

        Raises:
            SandboxDied: it did not survive; the next call starts another.
            FarsideError: it cannot be started.
        """
        peer = self._ready()
        deadline = time.monotonic() + seconds + PATIENCE
        try:
            send(peer, {"tool": tool, "arguments": arguments, "seconds": seconds}, blobs)
            while "done" not in (frame := receive(peer, deadline)).body:
                began = time.monotonic()
                text, ok = self._answer(frame.body.get("ask", ""), frame.body.get("arguments", {}))
                deadline += time.monotonic() - began  # what the host takes is not the call's time
                send(peer, {"ok": ok}, [text.encode(errors="replace")])
        except (BrokenFrame, TimeoutError) as error:
            why = self.limits_hit()
            self.end()
            raise SandboxDied(why) from error
        except BaseException:  # Ctrl-C above all: the call is over, and so is all that it started
            self.end()
            raise
        return frame

    def limits_hit(self) -> str:
        """Return a sentence for each limit that was hit since the last look, or ""."""
        refused, killed = self._group.refusals() if self._group else (0, 0)
        before, self._seen = self._seen, (refused, killed)
        limits = self._confinement.limits
        said = []
        if refused > before[0] or (self._crowd and self._crowd.exceeded):
            said.append(f"[the limit of {limits.processes} processes was reached]")
        if killed > before[1]:
            said.append(f"[the limit of {limits.memory // 2**20:,} MB of memory was reached: a process was killed]")
        return "\n".join(said)

    def begin(self, session: bool = False) -> None:
        """Start the sandbox if there is none, without waiting until it is up; with `session`, Python in it too.

        Raises:
            FarsideError: it cannot be started.
        """
        if self._peer is None:
            with self._clear_start():
                self._begin(session)

    def _ready(self) -> socket.socket:
        """Return the socket of a sandbox that is up."""
        self.begin()
        assert self._peer is not None
        if self._token:
            with self._clear_start():
                receive(self._peer, time.monotonic() + START)
                self._note(descendants=True)
                self._watch()
            self._token = ""
        return self._peer

    def _begin(self, session: bool) -> None:
        self._token = os.urandom(8).hex()
        self._group = cgroup.make(f"farside-{self._token}", self._confinement.limits) if os.geteuid() == 0 else None
        self._seen = (0, 0)
        self._peer, theirs = socket.socketpair()
        self._layer.temporary(self._confinement).mkdir(parents=True, exist_ok=True)
        with theirs:
            self._process = self._popen(self._token, theirs, session)
        self._note(descendants=False)

    @contextmanager
    def _clear_start(self) -> Iterator[None]:
        """Leave nothing of a sandbox that does not come up, and say why it did not."""
        try:
            yield
        except (BrokenFrame, OSError) as error:
            words = self._last_words() or str(error)
            self.end()
            raise FarsideError(
                f"The sandbox ({self._layer.name}) does not start: {words}.",
                "Try again; if it stays so, accept that commands run with all your rights: --no-sandbox.",
            ) from error
        except BaseException:
            self.end()
            raise

    def _popen(self, token: str, stdin: socket.socket, session: bool) -> subprocess.Popen[bytes]:
        command = self._layer.command(self._confinement, self._warden(session))
        return subprocess.Popen(
            self._group.joining(command) if self._group else command,
            stdin=stdin.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment(self._layer, self._confinement, token),
            cwd=self._confinement.workspace,
            start_new_session=True,
        )

    def _warden(self, session: bool) -> list[str]:
        limits = self._confinement.limits
        config = {
            "workspace": str(self._confinement.workspace),
            "packages": str(packages()),
            "output": limits.output,
            "snapshot": limits.snapshot,
            "lent": self.lent,
            "session": session,
            "limits": {
                "memory": limits.memory,
                "file_size": limits.file_size,
                "files": limits.files,
                "processes": 0 if os.geteuid() == 0 else limits.processes + processes.tasks_of(os.geteuid()),
            },
        }
        return [
            sys.executable,
            "-IB",
            str(PACKAGE / "tools" / "inside" / "__main__.py"),
            str(PACKAGE),
            json.dumps(config),
        ]

    def _note(self, descendants: bool) -> None:
        assert self._process is not None
        pid = self._process.pid
        self._remains = remains.describe(pid, self._token, self._group, with_descendants=descendants)
        remains.record(self._remains, self._confinement.scratch)

    def _watch(self) -> None:
        """Where nothing bounds root's processes from inside, count them from outside."""
        if self._group is None and os.geteuid() == 0 and self._process and self._remains:
            left = self._remains
            self._crowd = Crowd(
                self._process.pid,
                self._confinement.limits.processes,
                lambda: left.end(time.monotonic() + PATIENCE),
            )
            self._crowd.start()

    def _last_words(self) -> str:
        """Kill what there is of it and return the last line that it wrote about itself."""
        if self._process is None or self._process.stderr is None:
            return ""
        self._process.kill()
        self._process.wait()
        os.set_blocking(self._process.stderr.fileno(), False)
        said = (self._process.stderr.read() or b"").decode(errors="replace").split("\n")
        return next((line for line in reversed(said) if line.strip()), "")

    def end(self) -> None:
        """Kill everything inside and wait until it is gone. May be called twice.

        Raises:
            FarsideError: something cannot be killed.
        """
        if self._peer is not None:
            self._peer.close()
            self._peer = None
            self._token = ""
        if self._crowd is not None:
            self._crowd.dismiss()
            self._crowd = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stderr:
                self._process.stderr.close()
            self._process = None
        if self._remains is not None:
            remains.prove_dead(self._confinement.scratch)
            self._remains = None
