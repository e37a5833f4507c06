"""What a folder was made with, in a small file of it: made with anything else, it is refused, not mixed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from farside.errors import FarsideError
from farside.train import processes
from farside.train.whole import SUFFIX, new_file

NAME = "settings.json"


def claim(folder: Path, made_with: dict[str, Any], other: str) -> None:
    """Write down what a folder is made with, or check that it is the same; `other`: what it else holds.

    A folder that says nothing and is not empty is another's.

    Raises:
        FarsideError: the folder was made with something else.
    """
    if processes.is_first():
        _claim(folder, json.dumps(made_with, indent=2, default=str), other)
    processes.wait()


def _claim(folder: Path, text: str, other: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # Looked at before the claim is: another process may make it, and what it claims, at the same time.
    there = [path for path in folder.iterdir() if path.suffix != SUFFIX]
    named = folder / NAME
    said = named.read_text(encoding="utf-8") if named.exists() else "" if there else None
    if said is None:
        with new_file(named) as unfinished:
            unfinished.write_text(text, encoding="utf-8")
    elif said != text:
        raise FarsideError(f"{folder} holds {other}.", "name another folder, or remove this one")


def digest_of(paths: Iterable[Path]) -> str:
    """Return the SHA-256 of files, by name."""
    found = hashlib.sha256()
    for path in paths:
        found.update(path.name.encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
