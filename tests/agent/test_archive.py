"""The list of the pages that a run has read."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.agent.archive import Archive
from farside.agent.home import RunFolder
from farside.errors import FarsideError


def test_pages_are_listed_in_order_also_behind_a_torn_line(tmp_path: Path) -> None:
    archive = Archive(RunFolder(tmp_path))
    assert archive.records() == ()
    first = archive.add(b"one")
    with (tmp_path / "pages").open("a") as file:
        file.write(first[:20])
    second = Archive(RunFolder(tmp_path)).add(b"two")
    assert archive.records() == (first, second)
    assert archive.get(second) == b"two"


def test_what_is_only_kept_is_no_page(tmp_path: Path) -> None:
    archive = Archive(RunFolder(tmp_path))
    archive.put(b'{"address": "http://x/", "text": "..."}')
    assert archive.records() == ()


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    with pytest.raises(FarsideError, match="refuses to write"):
        Archive(RunFolder(tmp_path)).add(b"one")
