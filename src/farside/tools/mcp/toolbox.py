"""The tools of MCP servers, as one source of tools of a run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TypeVar

from farside.arguments import object_of
from farside.config import config_path
from farside.errors import FarsideError
from farside.messages import ToolSpec
from farside.prompts import render
from farside.tools.base import Effect, Outcome
from farside.tools.mcp.offer import Offer
from farside.tools.mcp.server import LEAVE_OUT, Server
from farside.tools.sandbox import Confinement, Layer

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

    from farside.tools.mcp.connection import Connection

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, T]]


class McpToolbox:
    """Implements `farside.tools.base.Toolbox`. No server is started before its first call, or `discover`."""

    def __init__(
        self, servers: Sequence[Server], offers: Sequence[Offer], confinement: Confinement, layers: Sequence[Layer]
    ) -> None:
        """`offers` are those that the run began with; () before `discover`. `confinement` is that of the run, but for
        what each server needs to start.
        """
        self._servers = {server.name: server for server in servers}
        self._offers = {offer.name: offer for offer in offers}
        self._confinement = confinement
        self._layers = layers
        self._connections: dict[str, Connection] = {}
        self._told: dict[str, str] = {}
        """The changes of a server that the model knows of."""
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """Return what a model is told of each tool: as it was when the run began, whatever the servers list now."""
        return tuple(ToolSpec(offer.name, offer.description, offer.schema) for offer in self._offers.values())

    @property
    def names(self) -> Collection[str]:
        """Return every tool there is to call."""
        return self._offers.keys()

    def warm(self) -> None:
        """Do nothing: a server is started by the first call to it."""

    def effect(self, name: str) -> Effect:
        """Return the effect: unsafe, unless the server is trusted and says otherwise."""
        offer = self._offers.get(name)
        if offer is None:
            return Effect.PURE
        if not self._servers[offer.server].trust:
            return Effect.UNSAFE
        return Effect.PURE if offer.read_only else Effect.IDEMPOTENT if offer.idempotent else Effect.UNSAFE

    def discover(self, taken: Sequence[str]) -> tuple[Offer, ...]:
        """Start all servers, ask what they offer, and fix that for the run. `taken` are names of other tools.

        Raises:
            FarsideError: one does not start, does not answer, or offers what cannot be told of.
        """
        from farside.tools.mcp.listing import offers

        listings = self._in_loop(self._opened, self._dropped)
        found = offers(listings, taken)
        self._offers = {offer.name: offer for offer in found}
        return found

    def call(self, name: str, arguments: str, handle: str) -> Outcome:
        """Run one call to its end, or to its server's deadline."""
        offer = self._offers.get(name)
        if offer is None:
            return Outcome(f"There is no tool {name!r}. There are: {', '.join(self._offers)}.", ok=False)
        values = object_of(arguments or "{}")
        if values is None:
            return Outcome("The arguments must be one valid JSON object.", ok=False)
        connection = self._connection(offer.server)
        return self._in_loop(lambda: self._called(connection, offer, values), connection.drop)

    def restore(self, session: bytes, lost: tuple[str, ...]) -> tuple[str, ...]:
        """Return what is lost: there is no Python session here."""
        return lost

    def close(self) -> None:
        """End every server and wait until they are dead. May be called twice."""
        if self._portal is not None:
            portal, self._portal = self._portal, None
            try:
                portal.call(self._ended)
            finally:
                self._stack.close()

    def _in_loop(
        self, work: Callable[[], Coroutine[Any, Any, T]], undo: Callable[[], Coroutine[Any, Any, None]]
    ) -> T:
        """Do a piece of work in the loop. Whoever is interrupted meanwhile leaves nothing of it running."""
        portal = self._loop()
        future: Future[T] = portal.start_task_soon(work)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            portal.call(undo)
            raise

    def _loop(self) -> BlockingPortal:
        """Return the event loop's thread, which lives as long as the servers: they die with it."""
        if self._portal is None:
            from anyio.from_thread import start_blocking_portal

            self._portal = self._stack.enter_context(start_blocking_portal("asyncio", name="farside-mcp"))
        return self._portal

    def _connection(self, name: str) -> Connection:
        if name not in self._connections:
            from farside.tools.mcp.connection import Connection

            self._connections[name] = Connection(self._servers[name], self._wire(self._servers[name]))
        return self._connections[name]

    def _wire(self, server: Server) -> Callable[[], Any]:
        if server.url:
            from farside.tools.mcp.http import Http

            return lambda: Http(server)
        from farside.tools.mcp.confined import Confined
        from farside.tools.mcp.stdio import Stdio

        return lambda: Stdio(Confined(server, self._layers, self._confinement))

    async def _opened(self) -> list[tuple[Server, list[Any]]]:
        connections = [self._connection(name) for name in sorted(self._servers)]
        ended = await asyncio.gather(*(each.open() for each in connections), return_exceptions=True)
        for connection, failure in zip(connections, ended, strict=True):
            if failure is not None:
                raise _refusal(connection.server, failure)
        return [(each.server, each.listing) for each in connections]

    async def _called(self, connection: Connection, offer: Offer, arguments: dict[str, Any]) -> Outcome:
        """Call, and add what has changed of the server's tools since the model was last told."""
        from farside.tools.mcp.calling import called

        outcome = await called(connection, offer, arguments, again=self.effect(offer.name) is not Effect.UNSAFE)
        news = self._news(connection)
        text = connection.server.without_keys(outcome.text)
        return Outcome(f"{text}\n{news}" if news else text, outcome.ok)

    def _news(self, connection: Connection) -> str:
        from farside.tools.mcp.listing import changes

        server = connection.server
        if not connection.listing:
            return ""
        found = changes(self._offers.values(), server, connection.listing)
        if found == self._told.get(server.name, ""):
            return ""
        self._told[server.name] = found
        return render(__package__, "changed.md", server=server.name, changes=found) if found else ""

    async def _dropped(self) -> None:
        await asyncio.gather(*(each.drop() for each in self._connections.values()))

    async def _ended(self) -> None:
        await asyncio.gather(*(each.end() for each in self._connections.values()))


def _refusal(server: Server, failure: BaseException) -> BaseException:
    """Return what tells the user why a server cannot be used."""
    from farside.tools.mcp.connection import Lost

    if not isinstance(failure, Lost):
        return failure
    inside = "it runs in the sandbox, sees what mcp.NAME.readable names, and has the network only with --net"
    hint = f"See [mcp.{server.name}] in {config_path()}{'' if server.url else f' ({inside})'}, or {LEAVE_OUT}"
    return FarsideError(server.without_keys(f"The MCP server {server.name} {failure}."), hint)
