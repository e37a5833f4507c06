"""What is read of a folder, and what is named as left out."""

from __future__ import annotations

import os
from pathlib import Path

from farside.tools.inside.survey import folder
from farside.tools.inside.survey.folder import Folder, look
from farside.tools.inside.survey.listing import described


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\r\ntwo")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "b.bin").write_bytes(b"\0")
    (tmp_path / "long.txt").write_bytes(b"x" * (folder.LONGEST + 1))
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    for hidden in (".hidden", ".git/config", "node_modules/x"):
        (tmp_path / hidden).parent.mkdir(exist_ok=True)
        (tmp_path / hidden).write_text("x")
    assert look(tmp_path) == Folder({"a.txt": "one\ntwo"}, ["long.txt", "loop", "pipe", "below/b.bin"])


def test_beyond_the_most_files_are_only_named(tmp_path: Path) -> None:
    for number in range(folder.MOST_FILES + 2):
        (tmp_path / f"{number:04d}").touch()
    found = look(tmp_path)
    assert (len(found.texts), found.left_out) == (folder.MOST_FILES, ["2000", "2001"])


def test_a_listing_of_many_files_compares_only_the_first() -> None:
    texts = {f"{number:04d}": f"key: {number}\n" for number in range(250)} | {"9999": "[1, 2]; (3)\n* x"}
    text = described(Folder(texts, []))
    assert text.startswith("The folder holds 251 text files:\n0000\n") and "[... and 221 more]" in text
    assert "9999" not in text
