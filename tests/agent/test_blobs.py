from __future__ import annotations

from pathlib import Path

import pytest

from farside.agent.blobs import Blobs
from farside.errors import FarsideError


def test_content_comes_back_by_its_hash_and_is_stored_once(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    name = blobs.put(b"hello")
    assert blobs.put(b"hello") == name
    assert blobs.get(name) == b"hello"
    assert [path.name for path in (tmp_path / "blobs").iterdir()] == [name]


def test_damage_is_noticed(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    name = blobs.put(b"hello")
    (tmp_path / name).write_bytes(b"hullo")
    with pytest.raises(FarsideError, match="damaged"):
        blobs.get(name)


def test_what_is_not_there_is_said_not_to_be(tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match="cannot be read"):
        Blobs(tmp_path).get("0" * 64)
