"""What tests print may be long and have no spaces or no lines: reading it takes time in proportion to its length."""

from __future__ import annotations

import time

import pytest

from farside.missions.code.checked import tail
from farside.missions.code.mending import gist
from farside.missions.code.pointing import pieces
from farside.missions.code.results import results_of
from farside.missions.code.suspects import case
from farside.tools.printable import printable

LENGTH = 300_000
SECONDS = 3.0
"""Of the processor: a hundred times what it takes; one look at each pair of characters would take hours."""
FILES = {
    "tests/test_a.py": "def test_a():\n    work()\n" * 300,
    "work.py": "def work():\n    pass\n" * 300,
    **{f"part{number}/more.py": "def more():\n    work()\n" * 20 for number in range(100)},
}
UNITS = (
    *("x", "a.", "a/", "1", "1.", " ", "\n", "\n ", "\r", "x\r", "\x1b[", "\x1b]"),
    *('File "', "ok 1 - ", "test ", "x (a) ...", "E Error", "--- PASS: ", "✔ (1"),
)


@pytest.mark.parametrize("unit", UNITS, ids=ascii)
@pytest.mark.parametrize("before", ["", "ok 1 - x", "\r"], ids=ascii)
def test_long_lines_and_many_lines_are_read_in_one_go(unit: str, before: str) -> None:
    text = before + unit * (LENGTH // len(unit))
    began = time.process_time()
    shown = printable(f"{text}\r!".encode())
    results_of(shown)
    tail(shown)
    gist(shown)
    pieces(shown, FILES)
    case(shown, FILES)
    assert time.process_time() - began < SECONDS


def test_many_places_are_looked_up_in_one_go() -> None:
    lines = [f"{path}:{number}: in it" for path in FILES for number in range(1, 600)]
    began = time.process_time()
    assert pieces("\n".join(lines), FILES)
    assert case("\n".join(lines), FILES).suspects
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (b"10%\r50%\r99%\ndone\r\n", "99%\ndone\n"),
        (b"drawn\r", "drawn"),
        (b"over\rdrawn\r\r\n", "drawn\n"),
        (b"kept\n\rnew", "kept\nnew"),
    ],
)
def test_of_a_line_that_is_drawn_over_the_last_drawing_is_shown(printed: bytes, shown: str) -> None:
    assert printable(printed) == shown
