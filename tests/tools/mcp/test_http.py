"""A server that is reached by HTTP, on loopback."""

import gzip
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from farside.errors import FarsideError
from tests.tools.mcp.boxes import SERVERS, opened

KEY = "bearer-of-tests"
BOMB = gzip.compress(b'{"a": "' + b"x" * 50_000_000 + b'"}')


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def started(port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(SERVERS / "kind.py"), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.02)
    raise AssertionError("the server does not listen")


def ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def test_calls_work_and_a_server_that_was_started_anew_is_found_again(tmp_path: Path) -> None:
    port = free_port()
    process = started(port)
    table = {"url": f"http://127.0.0.1:{port}/mcp", "headers": {"Authorization": "Bearer ${HERS}"}, "trust": True}
    try:
        with opened(tmp_path, {"far": table}, net=True, environ={"HERS": KEY}) as box:
            assert box.call("far_add", a=1, b=2).text.endswith("\n3")
            ended(process)
            gone = box.call("far_fail")
            assert (gone.ok, "The MCP server far" in gone.text) == (False, True)
            process = started(port)
            assert box.call("far_add", a=2, b=2).text.endswith("\n4")
    finally:
        ended(process)


class Odd(BaseHTTPRequestHandler):
    """Answers every request with what its path says."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/closed":
            self.send_response(401)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("content-type", "application/json")
        if self.path == "/packed":
            self.send_header("content-encoding", "gzip")
        self.end_headers()
        if self.path == "/packed":
            self.wfile.write(BOMB)
            return
        try:
            while self.path == "/floods":
                self.wfile.write(b"x" * 65536)
        except OSError:
            return
        self.wfile.write(b"<html>not a server of this protocol</html>")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def odd() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/closed", r"far refuses the key \(HTTP 401\)"),
        ("/floods", r"far sent more than 16 MB in one response, and was cut off"),
        ("/packed", r"far packs its answers \(gzip\), which was not asked for"),
        ("/page", r"far cannot be used \(Failed to parse JSON"),
    ],
)
def test_an_address_that_is_no_server_is_refused(tmp_path: Path, odd: str, path: str, told: str) -> None:
    with pytest.raises(FarsideError, match=told), opened(tmp_path, {"far": {"url": odd + path}}, net=True):
        pass


def test_an_address_where_nobody_listens_is_refused(tmp_path: Path) -> None:
    table = {"url": f"http://127.0.0.1:{free_port()}/mcp"}
    with (
        pytest.raises(FarsideError, match=r"The MCP server far .*, at its start"),
        opened(tmp_path, {"far": table}, net=True),
    ):
        pass
