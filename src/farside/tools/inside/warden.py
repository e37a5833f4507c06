"""The first process of the sandbox: does what the host asks, one thing at a time, and survives what it starts.

Each tool call is a job in a process of its own; the Python session is a process that stays. The warden itself runs
no user code, so a deadline is kept whatever the user code does.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from farside.tools.frames import BrokenFrame, Frame, receive, send
from farside.tools.inside import documents, files, job, limits, pages, session
from farside.tools.inside.capture import Capture
from farside.tools.inside.sweep import adopt_orphans, kill, sweep

GRACE = 2.0
"""Seconds between the interrupt that ends a cell and the kill that ends the session."""


@dataclass(slots=True)
class Live:
    """The running Python session, as the warden sees it."""

    pid: int
    process: int
    """Its pidfd."""
    peer: socket.socket
    pipe: int
    capture: Capture


class Warden:
    """Serves the host over one socket."""

    def __init__(self, host: socket.socket, config: dict[str, Any]) -> None:
        self._host = host
        self._config = config
        self._live: Live | None = None

    def serve(self) -> None:
        """Answer until the host is gone; then end everything."""
        with contextlib.suppress(BrokenFrame, job.HostGone):
            send(self._host, {"ready": True})
            if self._config["session"]:
                self._live = self._begin()
            while True:
                frame = receive(self._host)
                body, blobs = self._python(frame) if frame.body["tool"] == "python" else self._job(frame)
                send(self._host, {"done": True, **body}, blobs)
        sweep()

    def _job(self, frame: Frame) -> tuple[dict[str, Any], list[bytes]]:
        arguments, seconds = frame.body["arguments"], float(frame.body["seconds"])
        limit, spare = self._config["output"], {self._live.pid} if self._live else set()
        if frame.body["tool"] == "shell":
            try:
                shell = job.spawn_shell(arguments["command"])
            except job.BadCommand as error:
                return {"ok": False}, [f"[the shell cannot take this command: {error}]".encode(errors="replace")]
            ended = job.collect(shell, seconds, limit, spare, self._host)
            text = job.shell_text(ended, seconds).encode()
        else:
            if frame.body["tool"] == "markdown":
                documents.preload(arguments["kind"])
            ended = job.collect(job.fork(lambda: self._file_job(frame)), seconds, limit, spare, self._host)
            text = ended.output + (f"[stopped: longer than {seconds:g} s]".encode() if ended.timed_out else b"")
        how = {"ok": ended.code == 0 and not ended.timed_out, "code": ended.code, "timed_out": ended.timed_out}
        return how, [text]

    def _file_job(self, frame: Frame) -> int:
        """Run in a child: print what a file tool says; 1 when it is a complaint."""
        self._host.close()
        code, text = 0, ""
        try:
            text = _FILE_JOBS[frame.body["tool"]](frame)
        except files.ToolError as complaint:
            code, text = 1, str(complaint)
        except OSError as error:
            code, text = 1, f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
        with open(1, "wb", closefd=False) as sink:
            sink.write(text.encode(errors="replace"))
        return code

    def _python(self, frame: Frame) -> tuple[dict[str, Any], list[bytes]]:
        live = self._live = self._live or self._begin()
        try:
            code = frame.body["arguments"].get("code", "")
            send(live.peer, {"code": code, "restore": bool(frame.blobs)}, frame.blobs)
            ended = self._cell_end(live, float(frame.body["seconds"]))
        except BrokenFrame:  # the session has died
            ended = None
        live.capture.drain(live.pipe)
        if ended is not None:
            body, blobs = ended
            return body, [live.capture.take(), *blobs]
        output = live.capture.take()
        return {"ok": False, "died": self._finish(live)}, [output]

    def _begin(self) -> Live:
        ours, theirs = socket.socketpair()

        def be_session() -> int:
            self._host.close()
            ours.close()
            return session.live(theirs, self._config)

        pid, pipe = job.fork(be_session)
        theirs.close()
        os.set_blocking(pipe, False)
        return Live(pid, os.pidfd_open(pid), ours, pipe, Capture(self._config["output"]))

    def _cell_end(self, live: Live, seconds: float) -> tuple[dict[str, Any], tuple[bytes, ...]] | None:
        """Wait for the cell's end: its report, or None when the session has to be killed."""
        until, interrupted = time.monotonic() + seconds, False
        while True:
            remaining = until - time.monotonic()
            if remaining <= 0:
                if interrupted:
                    return None
                os.killpg(live.pid, signal.SIGINT)
                until, interrupted = time.monotonic() + GRACE, True
                continue
            frame = self._next(live, remaining)
            if frame and "done" in frame.body:
                return {**frame.body, "interrupted": interrupted}, frame.blobs
            if frame:
                until += self._forward(live, frame)

    def _next(self, live: Live, seconds: float) -> Frame | None:
        """Wait for the next frame of the session, collecting output; None after at most `seconds`."""
        poll = select.poll()
        for descriptor in (live.peer.fileno(), live.pipe, live.process, self._host.fileno()):
            poll.register(descriptor, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(seconds * 1000)}
        if self._host.fileno() in ready:
            raise job.HostGone
        if live.pipe in ready:
            live.capture.drain(live.pipe)
        if live.peer.fileno() in ready:
            return receive(live.peer)
        if live.process in ready:  # a child of the session may still hold its socket open
            raise BrokenFrame("the session has ended")
        return None

    def _forward(self, live: Live, question: Frame) -> float:
        """Have the host answer; return the seconds that it took."""
        began = time.monotonic()
        send(self._host, question.body, question.blobs)
        answer = receive(self._host)
        send(live.peer, answer.body, answer.blobs)
        return time.monotonic() - began

    def _finish(self, live: Live) -> str:
        """End the session with all that it started; return how it ended."""
        ended, status = os.waitpid(live.pid, os.WNOHANG)
        self._live = None
        if not ended:
            kill(live.pid)
        sweep()
        live.peer.close()
        os.close(live.pipe)
        os.close(live.process)
        if not ended:
            return "killed"
        code = os.waitstatus_to_exitcode(status)
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


_FILE_JOBS: dict[str, Callable[[Frame], str]] = {
    "read_file": lambda frame: files.describe_read(**frame.body["arguments"]),
    "write_file": lambda frame: files.write_file(**frame.body["arguments"]),
    "edit_file": lambda frame: files.edit_file(**frame.body["arguments"]),
    "list_files": lambda frame: files.describe_list(**frame.body["arguments"]),
    "markdown": lambda frame: documents.markdown(frame.blobs[0], **frame.body["arguments"]),
    "recall": lambda frame: pages.recall(frame.blobs[0].decode(), **frame.body["arguments"]),
}


def main() -> None:
    """Serve the host over descriptor 0; the configuration is the last argument."""
    config = json.loads(sys.argv[-1])
    host = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    adopt_orphans()
    limits.apply(config["limits"])
    os.chdir(config["workspace"])
    Warden(host, config).serve()
