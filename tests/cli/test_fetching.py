"""The embedded model's download, from a loopback mirror and a file of a few kilobytes."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from farside.cli.bytes_shown import tenths
from farside.cli.fetching import ensure
from farside.models.download import Weights, locate

CONTENT = bytes(range(256)) * 40


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def mirror(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_size_and_place_are_said_before_and_progress_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served = tmp_path / "mirror/farside/tiny/resolve/main"
    served.mkdir(parents=True)
    (served / "tiny.gguf").write_bytes(CONTENT)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    tiny = Weights("tiny.gguf", len(CONTENT), sha256, "farside/tiny", "none{part}", "0", "none", 0, 1)
    with mirror(tmp_path / "mirror") as url:
        monkeypatch.setenv("HF_ENDPOINT", url)
        ensure(tiny)
    out, err = capsys.readouterr()
    first, *_, last = err.splitlines()
    assert out == ""
    assert f"go to {tmp_path}/cache/farside/models, once" in first
    assert last.strip().startswith("100% of")
    found = locate(tiny)
    assert found is not None
    assert found.read_bytes() == CONTENT
    ensure(tiny)
    assert capsys.readouterr().err == ""


def test_each_tenth_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    on_progress = tenths()
    for done in (1, 150, 199, 250, 1_000):
        on_progress(done, 1_000)
    assert [line.split()[0] for line in capsys.readouterr().err.splitlines()] == ["10%", "20%", "100%"]
