"""The wire to a server that is a child process: a line a message, over its stdin and stdout.

The protocol's own package has such a transport too; it holds any line, however long, and starts programs unconfined.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
from anyio.abc import ByteReceiveStream, Process
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCRequest, jsonrpc_message_adapter

from farside.tools.mcp.confined import Confined
from farside.tools.mcp.lines import LONGEST, Lines, TooLong
from farside.tools.printable import printable

FLOOD = 2 * LONGEST
"""Bytes that a server may write between two messages of ours."""
TOO_MUCH = f"sent more than {LONGEST >> 20} MB in one message, or {FLOOD >> 20} MB without a pause, and was ended"
ASKED = 1_000
"""Questions of a server's (pings above all) that may wait until we can write the answer."""
DEAF = f"asked more than {ASKED:,} times without reading an answer, and was ended"
GRACE = 1.0
"""Seconds in which a server may end by itself when its input ends."""
LAST_WORDS = 4_096
"""Bytes kept of what it writes to stderr."""


class Stdio:
    """One connection. `trouble` says in words why it is broken, and is "" while it is not."""

    def __init__(self, confined: Confined) -> None:
        self._confined = confined
        self._received = 0
        self._asked = 0
        self._said: deque[bytes] = deque()
        self._ending = False
        self.trouble = ""
        self.noise = 0
        """Lines since the last message of ours that were no messages."""

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Any]:
        """Start the server; yield the streams of its messages and of ours; end it, and all that it started."""
        process = await self._confined.start()
        told, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        outgoing, ours = anyio.create_memory_object_stream[SessionMessage](0)
        async with anyio.create_task_group() as tasks, told, incoming, outgoing, ours:
            tasks.start_soon(self._listen, process)
            tasks.start_soon(self._read, process, told)
            tasks.start_soon(self._write, process, ours)
            try:
                yield incoming, outgoing
            finally:
                self._ending = True
                with anyio.CancelScope(shield=True):
                    await self._end(process)
                tasks.cancel_scope.cancel()

    async def _read(self, process: Process, told: Any) -> None:
        """Pass the server's messages on until its output ends; say why it did."""
        lines = Lines()
        assert process.stdout is not None
        async with told:
            try:
                async for piece in _pieces(process.stdout):
                    self._received += len(piece)
                    if self._received > FLOOD:
                        raise TooLong
                    for line in lines.take(piece):
                        await self._pass_on(line, told)
            except TooLong:
                self.trouble = self.trouble or TOO_MUCH
            except anyio.BrokenResourceError:  # nobody reads any more: the connection is being closed
                return
            if not self._ending:
                self.trouble = self.trouble or await self._farewell(process)

    async def _pass_on(self, line: bytes, told: Any) -> None:
        """Many servers print a line or two that is no message: it is counted and left out."""
        if not line.strip():
            return
        try:
            message = jsonrpc_message_adapter.validate_json(line, by_name=False)
        except ValueError:
            self.noise += 1
        else:
            self._asked += isinstance(message, JSONRPCRequest)
            if self._asked > ASKED:
                self.trouble = DEAF
                raise TooLong
            await told.send(SessionMessage(message))

    async def _farewell(self, process: Process) -> str:
        with anyio.move_on_after(GRACE):
            await process.wait()
        code = process.returncode
        how = "closed its output" if code is None else f"ended (exit code {code})"
        return f"{how}{self.last_words}"

    @property
    def last_words(self) -> str:
        """The last line that it wrote to stderr, to be put behind a sentence; "" if there is none."""
        text = printable(b"".join(self._said))
        last = next((line.strip() for line in reversed(text.split("\n")) if line.strip()), "")
        return f": {last[:300]}" if last else ""

    async def _write(self, process: Process, ours: Any) -> None:
        assert process.stdin is not None
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):  # it is gone: its output ends too
            async for message in ours:
                self._received = self._asked = self.noise = 0
                text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                await process.stdin.send(text.encode(errors="replace") + b"\n")

    async def _listen(self, process: Process) -> None:
        """Read what it writes to stderr, so that it never waits for us, and keep the end."""
        assert process.stderr is not None
        async for piece in _pieces(process.stderr):
            self._said.append(piece[-LAST_WORDS:])
            while sum(map(len, self._said)) - len(self._said[0]) >= LAST_WORDS:
                self._said.popleft()

    async def _end(self, process: Process) -> None:
        assert process.stdin is not None
        if not self.trouble:
            with anyio.move_on_after(GRACE), suppress(OSError, anyio.BrokenResourceError):
                await process.stdin.aclose()
                await process.wait()
        await anyio.to_thread.run_sync(self._confined.end)
        with anyio.move_on_after(GRACE):  # whoever kills it before asyncio knows of its end makes asyncio complain
            await process.wait()
        if process.returncode is None:
            process.kill()
        with anyio.move_on_after(GRACE):
            await process.aclose()


async def _pieces(stream: ByteReceiveStream) -> AsyncIterator[bytes]:
    with suppress(anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
        while True:
            yield await stream.receive(65_536)
