"""A book's files on disk: whatever an editor makes of them is read, and what is not asked for stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.missions.story.book.folder import read_book, text_of, write_text
from tests.missions.story.books import EXAMPLE, copied, found

MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", MARK])
def test_line_ends_and_a_mark_are_read_and_kept(tmp_path: Path, end: bytes, mark: bytes) -> None:
    folder = copied(EXAMPLE, tmp_path / "book")
    for file in folder.rglob("*.md"):
        file.write_bytes(mark + file.read_bytes().replace(b"\n", end))
    assert [each for each in found(read_book(folder)) if each.weight != "note"] == []
    assert read_book(folder).files == read_book(EXAMPLE).files
    before = (folder / "chapters/01.md").read_bytes()
    text = text_of(folder, "chapters/01.md")
    write_text(folder, "chapters/01.md", text.replace("Calm", "Still"))
    assert (folder / "chapters/01.md").read_bytes() == before.replace(b"Calm", b"Still")
    write_text(folder, "chapters/01.md", text)
    assert (folder / "chapters/01.md").read_bytes() == before


def test_a_new_file_has_plain_line_ends(tmp_path: Path) -> None:
    write_text(tmp_path, "chapters/01.md", "# A\n\nB\n")
    assert (tmp_path / "chapters/01.md").read_bytes() == b"# A\n\nB\n"
