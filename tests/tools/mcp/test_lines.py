"""A stream of bytes as lines."""

import pytest

from farside.tools.mcp.lines import Lines, TooLong


def test_lines_come_whole_however_they_are_cut() -> None:
    lines = Lines()
    pieces = [b"a", b"bc\nd", b"", b"\n\nlast"]
    assert [line for piece in pieces for line in lines.take(piece)] == [b"abc", b"d", b""]


def test_a_line_that_does_not_end_is_refused() -> None:
    lines = Lines(longest=10)
    assert list(lines.take(b"x" * 10)) == []
    with pytest.raises(TooLong):
        list(lines.take(b"x"))
