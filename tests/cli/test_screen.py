"""The block stays at the bottom, and what was printed above it stays for good."""

import io

from rich.console import Console
from rich.text import Text

from farside.cli.screen import Screen
from tests.cli.emulator import Emulator


def terminal(width: int) -> tuple[Screen, io.StringIO]:
    out = io.StringIO()
    return Screen(Console(file=out, force_terminal=True, width=width)), out


def shown(out: io.StringIO, width: int) -> str:
    emulator = Emulator(width)
    emulator.feed(out.getvalue())
    return emulator.text


def test_a_block_replaces_the_block_before_it() -> None:
    screen, out = terminal(40)
    screen.draw([Text(), Text("step 1"), Text("a long line of figures")])
    screen.draw([Text(), Text("step 2"), Text("short")])
    assert shown(out, 40) == "\nstep 2\nshort"


def test_lines_above_stay_and_a_shorter_block_leaves_nothing_behind() -> None:
    screen, out = terminal(40)
    screen.draw([Text(), Text("block"), Text("of"), Text("four")])
    screen.draw([Text(), Text("block")], above=[Text("first"), Text("second", "bold")])
    screen.draw([Text("end")], above=[Text("third")])
    assert shown(out, 40) == "first\nsecond\nthird\nend"


def test_an_empty_block_clears_it_and_leaves_the_cursor_on_a_line_of_its_own() -> None:
    screen, out = terminal(40)
    screen.draw([Text("block")], above=[Text("kept")])
    screen.draw([], above=[Text("last")])
    out.write("$ ")
    assert shown(out, 40) == "kept\nlast\n$"


def test_lines_that_are_too_long_are_cut() -> None:
    screen, out = terminal(10)
    screen.draw([Text("0123456789abcdef"), Text("x")])
    assert shown(out, 10) == "012345678…\nx"


def test_a_terminal_that_became_narrower_is_cleared_whole() -> None:
    screen, out = terminal(40)
    screen.draw([Text("a" * 30), Text("b" * 30)])
    emulator = Emulator(16)
    emulator.feed(out.getvalue())  # what a terminal shows that wraps its lines anew
    out.seek(0)
    out.truncate()
    screen.console.width = 16
    screen.draw([Text("new")])
    emulator.feed(out.getvalue())
    assert emulator.text == "new"
