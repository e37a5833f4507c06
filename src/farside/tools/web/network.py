"""Connections to checked addresses alone, with one deadline over all that they do.

A name is resolved here and its checked address is what gets connected to: a second answer of the name's server has no
say. The deadline holds for the resolver, which has none of its own, and for every read, so that a server that sends a
byte now and then is cut off too.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import ip_address
from ssl import SSLContext
from threading import Thread
from typing import Any

import httpcore

from farside.tools.reasons import Unreadable
from farside.tools.web.address import Address

Resolve = Callable[[str, int], Sequence[Address]]
Allowed = Callable[[Address], bool]


def resolve(host: str, port: int) -> Sequence[Address]:
    """Return the addresses of a name, or the address that it is.

    Raises:
        Unreadable: the name is not known.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreadable(
            f"the name {host} cannot be resolved ({getattr(error, 'strerror', None) or error})"
        ) from error
    return [ip_address(str(info[4][0]).partition("%")[0]) for info in found]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point in time (time.monotonic()) and how it is told."""

    at: float
    seconds: float

    def left(self, timeout: float | None = None) -> float:
        """Return how long one operation may take.

        Raises:
            Unreadable: the time is over.
        """
        remaining = self.at - time.monotonic()
        if remaining <= 0:
            raise Unreadable(f"it did not end within {self.seconds:g} s")
        return remaining if timeout is None else min(timeout, remaining)


class CheckedNetwork(httpcore.NetworkBackend):
    """Opens connections for httpcore."""

    def __init__(self, allowed: Allowed, resolve: Resolve, deadline: Deadline) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of `host` that is allowed and answers.

        Raises:
            Unreadable: the name is not known, none is allowed, or the time is over.
            httpcore.ConnectError: none answers.
        """
        addresses = list(dict.fromkeys(self._resolved(host, port, timeout)))
        allowed = [address for address in addresses if self._allowed(address)]
        if not allowed:
            told = ", ".join(map(str, addresses[:3])) or "no address"
            raise Unreadable(f"{host} is {told}: private and local addresses are not opened")
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in allowed:
            try:
                stream = self._sockets.connect_tcp(str(address), port, self._deadline.left(timeout))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _Stream(stream, self._deadline)
        assert failure is not None
        raise failure

    def _resolved(self, host: str, port: int, timeout: float | None) -> Sequence[Address]:
        """Ask in a thread, left behind where no answer comes: the system's resolver cannot be interrupted."""
        answer: Future[Sequence[Address]] = Future()

        def ask() -> None:
            try:
                answer.set_result(self._resolve(host, port))
            except BaseException as error:  # noqa: BLE001 - it is raised where the answer is waited for
                answer.set_exception(error)

        Thread(target=ask, name="farside-resolve", daemon=True).start()
        try:
            return answer.result(self._deadline.left(timeout))
        except TimeoutError as error:
            self._deadline.left()  # says so where it was that which ended the wait
            raise Unreadable(f"the name {host} cannot be resolved (no answer)") from error


class _Stream(httpcore.NetworkStream):
    """A connection whose every operation ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is."""
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Encrypt from here on; the certificate must be the name's."""
        secure = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _Stream(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection."""
        return self._stream.get_extra_info(info)
