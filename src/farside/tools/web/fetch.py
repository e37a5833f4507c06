"""Fetching one page: no keys, no cookies, each redirect checked, bytes and seconds capped."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import httpcore

from farside.tools.reasons import Unreadable
from farside.tools.web.address import Address, is_public
from farside.tools.web.network import Allowed, CheckedNetwork, Deadline, Resolve, resolve

REDIRECTS = 8
ACCEPT = "text/html,application/xhtml+xml,application/pdf,text/*;q=0.9,*/*;q=0.5"
MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Caps:
    """What one fetch may take, redirects included."""

    bytes: int = 16 * 10**6
    """Of the page, unpacked."""
    seconds: float = 30.0
    idle: float = 15.0
    """Seconds without a byte."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server sent."""

    address: str
    """Where it was in the end, after redirects."""
    status: int
    content_type: str
    data: bytes
    headers: dict[str, str]
    """By name in lower case."""

    @property
    def charset(self) -> str:
        """The encoding that the server names, or ""."""
        _, found, name = self.content_type.partition("charset=")
        return name.partition(";")[0].strip(" \"'") if found else ""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """How pages are fetched; a test allows other addresses and resolves names itself."""

    caps: Caps = Caps()
    allowed: Allowed = is_public
    resolve: Resolve = resolve

    def fetch(self, address: str, accept: str = ACCEPT, *, own: bool = False) -> Fetched:
        """Return what a GET of an address brings in the end, whatever its status.

        `own`: the address is the user's word, so its host may be private; where it redirects to may not.

        Raises:
            Unreadable: it is no web address, leads to a private one, does not answer, is too large or does not end.
        """
        deadline = Deadline(time.monotonic() + self.caps.seconds, self.caps.seconds)
        here = checked_address(address)
        named = urlsplit(here).hostname if own else None
        for _ in range(REDIRECTS + 1):
            allowed = _any_address if urlsplit(here).hostname == named else self.allowed
            network = CheckedNetwork(allowed, self.resolve, deadline)
            with httpcore.ConnectionPool(network_backend=network) as pool:
                found = self._get(pool, here, accept, deadline)
            target = found.headers.get("location", "")
            if found.status not in MOVED or not target:
                return found
            here = _target(here, target)
        raise Unreadable(f"it redirects more than {REDIRECTS} times")

    def _get(self, pool: httpcore.ConnectionPool, address: str, accept: str, deadline: Deadline) -> Fetched:
        """Send one request; `Accept-Encoding` promises only what is unpacked here."""
        sent: dict[str | bytes, str | bytes]
        sent = {"Host": urlsplit(address).netloc, "User-Agent": f"farside/{version('farside')}", "Accept": accept}
        sent |= {"Accept-Encoding": "gzip", "Connection": "close"}
        idle = {"connect": self.caps.idle, "read": self.caps.idle, "write": self.caps.idle, "pool": self.caps.idle}
        try:
            with pool.stream("GET", address, headers=sent, extensions={"timeout": idle}) as response:
                headers = {_header(name).lower(): _header(value) for name, value in response.headers}
                found = Fetched(address, response.status, headers.get("content-type", ""), b"", headers)
                if response.status in MOVED and "location" in headers:
                    return found
                return replace(found, data=self._body(response.iter_stream(), headers))
        except httpcore.TimeoutException as error:
            deadline.left()  # says so where it was that which ended the wait
            raise Unreadable(f"{urlsplit(address).netloc} does not answer") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
            raise Unreadable(f"{urlsplit(address).netloc} cannot be read from ({error})") from error

    def _body(self, chunks: Iterator[bytes], headers: dict[str, str]) -> bytes:
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip"):
            raise Unreadable(f"it is packed in a way that was not asked for ({encoding[:40]})")
        data, most = bytearray(), self.caps.bytes
        for part in chunks if "gzip" not in encoding else _unpacked(chunks, most):
            data += part
            if len(data) > most:
                raise Unreadable(f"it is larger than {most / 1e6:g} MB")
        return bytes(data)


def _unpacked(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Unpack gzip, perhaps several parts of it, in bounded pieces: a small packet may hold gigabytes."""
    unpacker = None
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                unpacker = unpacker if unpacker and not unpacker.eof else zlib.decompressobj(zlib.MAX_WBITS | 16)
                yield unpacker.decompress(rest, most + 1)
                rest = unpacker.unused_data
    except zlib.error as error:
        raise Unreadable(f"it is packed wrongly ({error})") from error
    if unpacker and not unpacker.eof:
        raise Unreadable("it breaks off: its end is missing")


def _any_address(_address: Address) -> bool:
    return True


def _header(text: bytes) -> str:
    """Decode as the standard has it, but for what is UTF-8: many servers redirect to such addresses."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _target(here: str, location: str) -> str:
    try:
        return checked_address(urljoin(here, location.strip()))
    except ValueError as error:
        raise Unreadable(f"it redirects to what is no web address ({error})") from error


def checked_address(address: str) -> str:
    """Return a web address in the form in which it is sent, without its fragment.

    Raises:
        Unreadable: it is none, or holds a password.
    """
    address = address.strip()
    if not address.isprintable():
        raise Unreadable("it is no web address: it holds characters that none has")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Unreadable(f"it is no web address ({error})") from error
    if parts.scheme not in ("http", "https") or not host:
        raise Unreadable("it is no address of the web: http:// or https:// and a host")
    if parts.username is not None or parts.password is not None:
        raise Unreadable("the address holds a name or a password, which is not sent")
    try:
        name = host if ":" in host else host.encode("idna").decode()
    except UnicodeError as error:
        raise Unreadable(f"{host} is no name of a host") from error
    place = (f"[{name}]" if ":" in name else name) + (f":{port}" if port else "")
    kept = "/%:@!$&'()*+,;=~-._"
    return urlunsplit(
        (parts.scheme, place, quote(parts.path or "/", safe=kept), quote(parts.query, safe=kept + "?[]"), "")
    )
