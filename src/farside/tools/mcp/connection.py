"""One server and the session with it: connected when it is needed, again after it was lost, and never waited for
without end. Everything here runs in one event loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Protocol

import anyio
from mcp import ClientSession, MCPError
from mcp_types import (
    CONNECTION_CLOSED,
    CallToolResult,
    Implementation,
    PaginatedRequestParams,
    Tool,
    ToolListChangedNotification,
)
from pydantic import ValidationError

from farside.errors import FarsideError
from farside.tools.mcp.breaker import Breaker
from farside.tools.mcp.lines import LONGEST
from farside.tools.mcp.server import Server

PAGES = 50
"""Pages of a list of tools; the list of a server may not go on for ever."""
CHECK = 5.0
"""Seconds in which a server that missed a deadline may show that it still answers."""
END = 15.0
"""Seconds that the end of a connection may take."""
FORGOTTEN = "Session terminated"
"""The package's words for an HTTP server that does not know the session: it was started anew, and did not call."""

for _name in ("mcp", "client"):  # the package's loggers: a server's faults are told as outcomes, not on the terminal
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False


class Wire(Protocol):
    """One way to one server, for one connection."""

    trouble: str
    """Why it is broken, in words that follow the server's name; "" while it is not."""
    noise: int
    """Lines since the last message of ours that were no messages."""

    @property
    def last_words(self) -> str:
        """What the server wrote about itself, to be put behind a sentence."""
        ...

    def connected(self) -> AbstractAsyncContextManager[Any]:
        """Yield the streams of the server's messages and of ours."""
        ...


class Lost(Exception):
    """The server did not do what it was asked to; the text follows its name."""

    def __init__(self, why: str, *, begun: bool = False, late: bool = False) -> None:
        super().__init__(why)
        self.begun = begun
        """A call was sent, and may have had its effect."""
        self.late = late
        """It missed its deadline: another try would only take as long."""


class Rests(Exception):
    """The server was not called, as it failed too often."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(slots=True)
class _Live:
    """A connection from its beginning to its end, which one task holds."""

    wire: Wire
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    """It is up, or never will be."""
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    session: ClientSession | None = None
    failure: BaseException | None = None
    task: asyncio.Task[None] | None = None


class Connection:
    """Talks to one server."""

    def __init__(self, server: Server, wire: Callable[[], Wire], breaker: Breaker | None = None) -> None:
        self.server = server
        self.breaker = breaker or Breaker()
        self.listing: list[Tool] = []
        """What it listed when it was last asked."""
        self._wire = wire
        self._live: _Live | None = None
        self._stale = False
        """It said that its tools have changed."""
        self._door = asyncio.Lock()
        """Who finds the connection lost waits here for the one who opens it anew."""

    async def open(self) -> None:
        """Connect, if that is not so, and ask for the tools, if they may have changed.

        Raises:
            Lost: it does not come up, or does not list its tools.
            Rests: it failed too often.
            FarsideError: it cannot be started here.
        """
        session = await self._session()
        if self._stale:
            self._stale = False
            try:
                with anyio.fail_after(self.server.start_timeout):
                    self.listing = await _listed(session)
            except (TimeoutError, MCPError, ValueError) as error:
                self.breaker.failed()
                await self.drop()
                raise Lost(f"does not list its tools ({_words(error)})") from error

    async def call(self, tool: str, arguments: dict[str, Any], *, again: bool) -> CallToolResult:
        """Call a tool. Where the connection is lost before the call, or `again` allows it, there is a second try.

        Raises:
            Lost, Rests, FarsideError: as `open`.
            MCPError: the server refuses the call.
            RuntimeError, ValueError: it answers with what is no result.
        """
        try:
            return await self._once(tool, arguments)
        except Lost as lost:
            if lost.late or (lost.begun and not again):
                raise
        return await self._once(tool, arguments)

    async def _once(self, tool: str, arguments: dict[str, Any]) -> CallToolResult:
        session = await self._session()
        try:
            with anyio.fail_after(self.server.timeout):
                result = await session.call_tool(tool, arguments)
        except TimeoutError:
            raise await self._late(session) from None
        except MCPError as error:
            if lost := await self._cut(error):
                raise lost from None
            self.breaker.answered()
            raise
        self.breaker.answered()
        return result

    async def _late(self, session: ClientSession) -> Lost:
        """Keep a server that is only slow: a restart would cost it its state. One that hangs is ended."""
        self.breaker.failed()
        why = f"did not answer within {self.server.timeout:g} s{self._noise()}"
        try:
            with anyio.fail_after(min(CHECK, 5 * self.server.timeout)):
                self.listing = await _listed(session)
        except (TimeoutError, MCPError, ValueError):
            await self.drop()
            why += ", nor when it was asked for its tools, and was ended"
        return Lost(why, begun=True, late=True)

    def _noise(self) -> str:
        noise = self._live.wire.noise if self._live else 0
        return f" (it wrote {noise:,} lines that are no messages)" if noise else ""

    async def _cut(self, error: MCPError) -> Lost | None:
        """Return what to say where an error means that the connection is lost, and let go of it; else None."""
        trouble = self._live.wire.trouble if self._live else ""
        forgotten = error.message == FORGOTTEN
        if not (trouble or forgotten or error.code == CONNECTION_CLOSED):
            return None
        self.breaker.failed()
        await self.drop()
        return Lost(trouble or f"broke the connection ({error.message[:300]})", begun=not forgotten)

    async def _session(self) -> ClientSession:
        if (seconds := self.breaker.rests()) > 0:
            raise Rests(seconds)
        async with self._door:
            live = self._live
            if live is None or live.session is None or live.wire.trouble:
                await self.drop()
                live = self._live = self._begun()
            await live.opened.wait()
        if live.session is None:
            self.breaker.failed()
            await self.drop()
            raise live.failure or Lost("was ended before it was up")
        return live.session

    def _begun(self) -> _Live:
        live = _Live(self._wire())
        live.task = asyncio.create_task(self._hold(live))
        return live

    async def _hold(self, live: _Live) -> None:
        """Keep one connection open, from its beginning to its end."""
        try:
            async with (
                live.wire.connected() as (incoming, outgoing),
                ClientSession(incoming, outgoing, message_handler=self._heard, client_info=_client()) as session,
            ):
                with anyio.fail_after(self.server.start_timeout):
                    await session.initialize()
                    self._stale = False
                    self.listing = await _listed(session)
                live.session = session
                live.opened.set()
                await live.ending.wait()
        except Exception as error:  # noqa: BLE001 - whatever a server does, it is told and never ends the run
            first = _first(error)
            live.failure = first if isinstance(first, FarsideError) else Lost(self._why(live.wire, first))
            live.wire.trouble = live.wire.trouble or _words(first)
        finally:
            live.opened.set()

    def _why(self, wire: Wire, error: BaseException) -> str:
        if isinstance(error, TimeoutError):
            seconds = f"{self.server.start_timeout:g} s"
            return f"did not answer within {seconds} of its start{wire.last_words or self._noise()}"
        return f"{wire.trouble or f'cannot be used ({_words(error)})'}, at its start"

    async def _heard(self, message: object) -> None:
        if isinstance(message, ToolListChangedNotification):
            self._stale = True

    async def drop(self) -> None:
        """Let go of the connection at once, and kill what there is of a process; the next call opens another."""
        if self._live is not None:
            self._live.wire.trouble = self._live.wire.trouble or "was ended"
        await self.end()

    async def end(self) -> None:
        """Close the connection; a process has a moment to end by itself."""
        live, self._live = self._live, None
        if live is None or live.task is None:
            return
        live.ending.set()
        if live.session is None:
            live.task.cancel()
        done, _ = await asyncio.wait({live.task}, timeout=END)
        if not done:
            live.task.cancel()
            await asyncio.wait({live.task}, timeout=END)


async def _listed(session: ClientSession) -> list[Tool]:
    tools: list[Tool] = []
    cursor: str | None = None
    size = 0
    for _ in range(PAGES):
        page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor))
        size += len(page.model_dump_json())
        if size > LONGEST:
            raise ValueError(f"its list of tools is longer than {LONGEST >> 20} MB")
        tools += page.tools
        cursor = page.next_cursor
        if cursor is None:
            return tools
    raise ValueError(f"its list of tools goes on after {PAGES} pages")


def _client() -> Implementation:
    return Implementation(name="farside", version=version("farside"))


def _first(error: BaseException) -> BaseException:
    """Return the first error of a group: the others follow from it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _words(error: BaseException) -> str:
    error = _first(error)
    if isinstance(error, TimeoutError):
        return "it does not answer"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, ValidationError):
        wrong = error.errors()[0]
        return f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}"[:300]
    return " ".join(str(error).split())[:300] or type(error).__name__
