"""The frames that the host, the warden and the Python session speak over sockets: one JSON object and some blobs.

Wire form: 4 bytes big-endian length of the JSON text, the JSON text, then the blobs, whose sizes are its `sizes`.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LENGTH = struct.Struct(">I")
MAX_BYTES = 128 * 2**20
"""Of one frame. The peer is not trusted: what claims to be larger is refused before it is read."""

LENT = "call"
"""Asks the host for a tool that works outside. Such a tool has its own deadline: that of the cell waits meanwhile."""


class BrokenFrame(Exception):
    """The peer is gone, or what it sent is no frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message."""

    body: dict[str, Any]
    blobs: tuple[bytes, ...] = ()


def send(peer: socket.socket, body: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Write one frame; raises BrokenFrame when the peer is gone."""
    text = json.dumps({**body, "sizes": [len(blob) for blob in blobs]}).encode()
    try:
        peer.settimeout(None)
        peer.sendall(LENGTH.pack(len(text)) + text)
        for blob in blobs:
            peer.sendall(blob)
    except OSError as error:
        raise BrokenFrame(str(error)) from error


def receive(peer: socket.socket, deadline: float | None = None) -> Frame:
    """Read one frame before `deadline` (time.monotonic()).

    Raises:
        BrokenFrame: the peer is gone or sent nonsense.
        TimeoutError: the deadline passed.
    """
    (length,) = LENGTH.unpack(_exactly(peer, LENGTH.size, deadline))
    try:
        body = json.loads(_exactly(peer, _bounded(length), deadline))
        sizes = [int(size) for size in body.pop("sizes")]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BrokenFrame("not a frame") from error
    _bounded(sum(sizes))
    return Frame(body, tuple(_exactly(peer, _bounded(size), deadline) for size in sizes))


def _bounded(size: int) -> int:
    if not 0 <= size <= MAX_BYTES:
        raise BrokenFrame(f"a frame of {size} bytes")
    return size


def _exactly(peer: socket.socket, size: int, deadline: float | None) -> bytes:
    data = bytearray(size)
    view, filled = memoryview(data), 0
    while filled < size:
        filled += _some(peer, view[filled:], deadline)
    return bytes(data)


def _some(peer: socket.socket, view: memoryview, deadline: float | None) -> int:
    if deadline is not None:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        peer.settimeout(remaining)
    else:
        peer.settimeout(None)
    try:
        count = peer.recv_into(view)
    except TimeoutError:
        raise
    except OSError as error:
        raise BrokenFrame(str(error)) from error
    if not count:
        raise BrokenFrame("the peer closed the connection")
    return count
