"""Words of servers and of the shell cannot steer the terminal, whatever command prints them."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.cli.command import Farside

EVIL = "evil\x1b[2J\x1b]0;title\x07\u202e"


class Evil(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._send(200, {"data": [{"id": EVIL}]})

    def do_POST(self) -> None:
        self._send(400, {"error": {"message": EVIL}})

    def _send(self, status: int, body: object) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Evil) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "arguments",
    [
        ["models"],
        ["check", "vllm/x"],
        ["show", EVIL],
        ["run", "x", "--model", "vllm/x"],
        ["run", "x", "--model", EVIL],
    ],
    ids=["models", "check", "show", "run", "unknown"],
)
def test_no_words_of_others_steer_the_terminal(
    farside: Farside, monkeypatch: pytest.MonkeyPatch, url: str, arguments: list[str]
) -> None:
    config = farside.folder / "config.toml"
    config.write_text(f"[base_urls]\nvllm = '{url}'\n")
    monkeypatch.setenv("FARSIDE_CONFIG", str(config))
    done = farside(*arguments)
    assert "evil" in done.out + done.err
    assert [mark for mark in "\x1b\x07\u202e" if mark in done.out + done.err] == []
