"""The wire to a server that is reached by HTTP, with a bound on what one response may bring."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.client.streamable_http import streamable_http_client

from farside.tools.mcp.lines import LONGEST
from farside.tools.mcp.server import Server

CONNECT = 20.0
"""Seconds to connect; how long an answer may take is the call's own deadline."""
FLOOD = 2 * LONGEST
"""Bytes of one response; a stream of events is one."""


class Refused(httpx2.TransportError):
    """A response that is not read to its end: it is too large, or may become so."""


class Http:
    """One connection. `trouble` says in words why it is broken, and is "" while it is not."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.trouble = ""
        self.noise = 0
        self.last_words = ""

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Any]:
        """Yield the streams of the server's messages and of ours."""
        async with (
            httpx2.AsyncClient(
                headers={"accept-encoding": "identity", **self._server.headers},
                timeout=httpx2.Timeout(None, connect=CONNECT),
                event_hooks={"response": [self._look]},
            ) as client,
            streamable_http_client(self._server.url, http_client=client, max_sse_event_size=LONGEST) as streams,
        ):
            yield streams

    async def _look(self, response: httpx2.Response) -> None:
        """Bound the response, and keep what a status says that is no answer of the protocol."""
        stream = response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        response.stream = _Bounded(stream, self)
        if response.status_code in (401, 403):
            self.trouble = f"refuses the key (HTTP {response.status_code})"
        packed = response.headers.get("content-encoding", "identity")
        if packed != "identity":  # it would be unpacked behind the bound: a small packet may hold gigabytes
            self.trouble = f"packs its answers ({packed[:40]}), which was not asked for"
            raise Refused(self.trouble)


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, connection: Http) -> None:
        self._stream = stream
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        async for piece in self._stream:
            received += len(piece)
            if received > FLOOD:
                self._connection.trouble = f"sent more than {FLOOD >> 20} MB in one response, and was cut off"
                raise Refused(self._connection.trouble)
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()
