"""As much HTTP/1.1 as a loopback peer needs."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
STREAM_END = b"0\r\n\r\n"

_HEAD = 65_536
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    body: bytes


class Body(Mapping[str, Any]):
    """A request's JSON object, parsed only when looked into: a body of 600 messages costs milliseconds."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    @cached_property
    def _parsed(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.raw)
        return parsed

    def __getitem__(self, key: str) -> Any:
        return self._parsed[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parsed)

    def __len__(self) -> int:
        return len(self._parsed)


def read_request(connection: socket.socket) -> Asked | None:
    """Read one request; None where the client closed the connection."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(_HEAD)
        if not piece:
            return None
        head += piece
    head, _, body = head.partition(b"\r\n\r\n")
    method, path, _ = head.split(b" ", 2)
    length = _LENGTH.search(head)
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0:
        piece = connection.recv(missing, socket.MSG_WAITALL)
        if not piece:
            return None
        body, missing = body + piece, missing - len(piece)
    return Asked(method.decode(), path.decode(), body)


def json_answer(status: int, value: object, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a whole response with a JSON body."""
    body = json.dumps(value).encode()
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {text}" for name, text in (headers or {}).items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunks(pieces: Iterable[bytes]) -> bytes:
    """Return pieces of a body, each as one chunk, without the end."""
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
