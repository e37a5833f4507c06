"""As much HTTP/1.1 as a loopback peer needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any, BinaryIO

STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
STREAM_END = b"0\r\n\r\n"


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


def read_request(file: BinaryIO) -> Asked | None:
    """Read one request; None where the client closed the connection."""
    line = file.readline()
    if not line.strip():
        return None
    method, path, _ = line.decode("latin-1").split(" ", 2)
    length = 0
    while header := file.readline().strip():
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return Asked(method, path, file.read(length))


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
