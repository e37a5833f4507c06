"""What the last snapshot saw of each folder and file, so that the next one reads only what has changed since.

It is a cache: without it, or with an old one, a snapshot reads more and is the same.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Signature = tuple[int, ...]
"""Inode, size and times to the nanosecond. A write changes them, unless it comes right behind the one before."""
RACY_NS = 100_000_000
"""What was changed so shortly before it was looked at is looked at again."""
SECOND_NS = 1_000_000_000
COARSE_NS = 2 * SECOND_NS
"""The same where times are whole seconds: a USB stick (FAT) counts in twos, a small ext4 has no finer ones."""

FileRow = tuple[str, str, Signature | None]
"""Mode and object of a file, and its signature where that can be trusted. Mode "": left out, the object says why."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One folder, as it was."""

    signature: Signature | None
    """None: what names are in it must be looked up again."""
    tree: str
    files: dict[str, FileRow]
    folders: dict[str, str]
    """The tree of each folder in it."""
    paths: Sequence[bytes] = ()
    """The folder and its files, as they are asked for at a glance."""
    answers: bytes = b""
    """What a glance at `paths` brought when that was seen; UNLIKE for each whose signature is None."""
    size: int = 0
    """Bytes of the files. These three do not outlive the process."""


Memory = dict[str, Seen]
"""Folders by their path from the workspace; "" is the workspace."""


def signed(stat: os.stat_result, now_ns: int) -> Signature | None:
    """Return the signature of what was looked at `now_ns` (Unix time), or None when it cannot be trusted."""
    latest = max(stat.st_mtime_ns, stat.st_ctime_ns)
    if latest > now_ns - (RACY_NS if latest % SECOND_NS else COARSE_NS):
        return None
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def save(memory: Memory, file: Path) -> None:
    """Write it down in one step."""
    rows = {path: (seen.signature, seen.tree, seen.files, seen.folders) for path, seen in memory.items()}
    body = json.dumps(rows, separators=(",", ":")).encode()
    draft = file.with_suffix(".new")
    draft.write_bytes(_seal(body) + body)
    draft.replace(file)


def load(file: Path) -> Memory:
    """Read what `save` wrote; what is not there, or torn, is nothing seen."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return {}
    if data[:64] != _seal(data[64:]):
        return {}
    return {path: _seen(*row) for path, row in json.loads(data[64:]).items()}


def _seen(signature: list[int] | None, tree: str, files: dict[str, Any], folders: dict[str, str]) -> Seen:
    rows: dict[str, FileRow] = {name: (mode, held, _tuple(signed)) for name, (mode, held, signed) in files.items()}
    return Seen(_tuple(signature), tree, rows, folders)


def _tuple(numbers: list[int] | None) -> Signature | None:
    return None if numbers is None else tuple(numbers)


def _seal(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()
