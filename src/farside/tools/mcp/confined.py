"""One server's process in the sandbox, with what is written down so that it never outlives its run."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from farside.errors import FarsideError
from farside.tools import cgroup, processes, remains, sandbox
from farside.tools.bubblewrap import SYSTEM
from farside.tools.crowd import Crowd
from farside.tools.mcp.program import program_of, readable_for
from farside.tools.mcp.server import Server
from farside.tools.sandbox import PACKAGE, Confinement, Layer

if TYPE_CHECKING:
    from anyio.abc import Process

PATIENCE = 10.0
"""Seconds that killing may take."""


def confinement_of(server: Server, run: Confinement, scratch: Path) -> Confinement:
    """Return the confinement of a server, from that of the run: it reads its own program too."""
    wanted = (*readable_for(program_of(server)), *server.readable)
    open_already = (run.workspace, *run.readable, *map(Path, SYSTEM))
    there = sorted({path for path in wanted if path.exists() and not _lies_in(path, open_already)})
    outermost = [path for path in there if not _lies_in(path, [other for other in there if other != path])]
    return replace(run, scratch=scratch, readable=(*run.readable, *outermost))


def _lies_in(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def prove_dead(scratch: Path) -> None:
    """Kill what an earlier farside left of the servers of this run."""
    for folder in scratch.glob("mcp-*"):
        remains.prove_dead(folder)


class Confined:
    """Starts the process and ends it with all that it started."""

    def __init__(self, server: Server, layers: Sequence[Layer], run: Confinement) -> None:
        """`run` is the confinement of the run's own sandbox."""
        self._server = server
        self._layers = layers
        self._run = run
        self._token = secrets.token_hex(8)
        self._scratch = run.scratch / f"mcp-{server.name}"
        self._group: cgroup.Cgroup | None = None
        self._remains: remains.Remains | None = None
        self._crowd: Crowd | None = None

    async def start(self) -> Process:
        """Start it, with pipes.

        Raises:
            FarsideError: there is no such program, or no sandbox for it.
        """
        import anyio

        layer, confinement = await anyio.to_thread.run_sync(self._prepared)
        command = layer.command(confinement, self._command())
        # Not from a thread that ends: the kernel would take that for the death of the server's parent.
        process = await anyio.open_process(
            self._group.joining(command) if self._group else command,
            env={**sandbox.environment(layer, confinement, self._token), **self._server.env, **self._mark()},
            cwd=confinement.workspace,
            start_new_session=True,
        )
        self._remains = remains.describe(process.pid, self._token, self._group)
        remains.record(self._remains, self._scratch)
        if self._group is None and os.geteuid() == 0:
            self._crowd = Crowd(process.pid, confinement.limits.processes, self._remains_end)
            self._crowd.start()
        return process

    def _prepared(self) -> tuple[Layer, Confinement]:
        """Choose the layer, and clear away what an earlier process of this server left."""
        self._scratch.mkdir(parents=True, exist_ok=True)
        remains.prove_dead(self._scratch, PATIENCE)
        confinement = confinement_of(self._server, self._run, self._scratch)
        try:
            layer = sandbox.choose(self._layers, confinement)
        except FarsideError as error:
            raise FarsideError(
                f"The MCP server {self._server.name} cannot run here. {error}", error.next_step
            ) from error
        layer.temporary(confinement).mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            self._group = cgroup.make(f"farside-{self._token}", confinement.limits)
        return layer, confinement

    def _mark(self) -> dict[str, str]:
        return {"FARSIDE_SANDBOX": self._token}

    def _remains_end(self) -> None:
        if self._remains is not None:
            self._remains.end(time.monotonic() + PATIENCE)

    def _command(self) -> list[str]:
        bounds, root = self._run.limits, os.geteuid() == 0
        limits = {
            "memory": bounds.memory,
            "file_size": bounds.file_size,
            "files": bounds.files,
            "processes": 0 if root else bounds.processes + processes.tasks_of(os.geteuid()),
        }
        launcher = str(PACKAGE / "tools" / "inside" / "limited.py")
        program = str(program_of(self._server))
        return [sys.executable, "-IB", launcher, json.dumps(limits), program, *self._server.args]

    def end(self) -> None:
        """Kill everything and wait until it is gone. May be called twice.

        Raises:
            FarsideError: something cannot be killed.
        """
        if self._crowd is not None:
            self._crowd.dismiss()
            self._crowd = None
        if self._remains is not None:
            remains.prove_dead(self._scratch, PATIENCE)
            self._remains = None
