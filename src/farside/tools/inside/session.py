"""The Python session: a process whose globals live from cell to cell."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import struct
import sys
import threading
from types import FrameType, ModuleType
from typing import Any

from farside.tools.frames import BrokenFrame, Frame, receive, send
from farside.tools.inside import cell, functions
from farside.tools.inside.sweep import adopt_orphans


class Session:
    """Serves cells from a socket until it is closed. Prints go to descriptors 1 and 2, never to the socket."""

    def __init__(self, peer: socket.socket, config: dict[str, Any]) -> None:
        self._peer = peer
        self._pid = os.getpid()
        self._cells = 0
        self._busy = False
        self._config = config
        self._namespace = _main_module()
        self._snapshots: Any = None
        functions.install(self._ask, config["output"], self._namespace, config["lent"])

    def serve(self) -> None:
        """Answer until the warden closes the socket."""
        if self._config["session"]:
            self._snapshot()  # nobody waits yet for what it imports
        with contextlib.suppress(BrokenFrame):
            while True:
                frame = receive(self._peer)
                body, blobs = self._restore(frame) if frame.body["restore"] else self._cell(frame.body["code"])
                send(self._peer, {"done": True, **body}, blobs)

    def _cell(self, code: str) -> tuple[dict[str, Any], list[bytes]]:
        self._cells += 1
        before = set(functions.hidden(self._namespace, self._config["lent"]))
        ok = self._guarded(code)
        for name in functions.hidden(self._namespace, self._config["lent"]):
            if name not in before:
                print(f"[your variable {name} now hides the tool {name}(); `del {name}` brings it back]")
        _flush()
        data, lost = self._snapshot().take()
        return {"ok": ok, "lost": lost}, [] if data is None else [data]

    def _guarded(self, code: str) -> bool:
        """Run the cell; an interrupt reaches the cell only, and a process that it forks never gets further."""
        signal.signal(signal.SIGINT, self._interrupt)
        self._busy = True
        try:
            return cell.run(code, f"<cell {self._cells}>", self._namespace)
        finally:
            self._busy = False
            if os.getpid() != self._pid:
                _flush()
                os._exit(0)

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if self._busy:
            self._busy = False
            raise KeyboardInterrupt("the cell ran longer than its timeout")

    def _snapshot(self) -> Any:
        if self._snapshots is None:
            from farside.tools.inside.snapshot import Snapshots  # cloudpickle is slow to import

            self._snapshots = Snapshots(self._namespace, self._config["snapshot"])
        return self._snapshots

    def _restore(self, frame: Frame) -> tuple[dict[str, Any], list[bytes]]:
        from farside.tools.inside.snapshot import restore

        try:
            failed = restore(frame.blobs[0], self._namespace)
        except (ValueError, KeyError, TypeError, struct.error):  # not a snapshot at all
            return {"ok": False, "lost": []}, []
        self._snapshot().remember(frame.blobs[0])
        _flush()
        return {"ok": True, "lost": failed}, []

    def _ask(self, question: str, arguments: dict[str, Any]) -> Frame:
        if os.getpid() != self._pid or threading.current_thread() is not threading.main_thread():
            raise RuntimeError(f"{question}() works in the main thread of the session only")
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # half an answer would pass for a cell
        try:
            send(self._peer, {"ask": question, "arguments": arguments})
            return receive(self._peer)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _main_module() -> dict[str, Any]:
    """Return the globals of a fresh __main__: what is defined there is pickled by value."""
    main = ModuleType("__main__")
    sys.modules["__main__"] = main
    sys.argv = [""]
    return main.__dict__


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(ValueError, OSError, AttributeError):  # the cell may have closed or replaced it
            stream.flush()


def live(peer: socket.socket, config: dict[str, Any]) -> int:
    """Be the session (in a process of its own, output already on descriptors 1 and 2)."""
    adopt_orphans()
    _killed_first()
    sys.path.insert(0, "")
    if config["packages"] not in sys.path:
        sys.path.append(config["packages"])
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115 - for the life of the process
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        raw = io.FileIO(descriptor, "w", closefd=False)
        text = io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "backslashreplace", line_buffering=True)
        setattr(sys, name, text)
    Session(peer, config).serve()
    return 0


def _killed_first() -> None:
    """When memory runs out, let the kernel kill the session, not the warden."""
    with contextlib.suppress(PermissionError), open("/proc/self/oom_score_adj", "w") as sink:  # noqa: PTH123
        sink.write("500")  # Landlock's /proc is read-only: there the kernel chooses, and the sandbox starts anew
