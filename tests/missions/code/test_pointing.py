"""From a failing test to the source it points to."""

from __future__ import annotations

from farside.missions.code.pointing import Piece, layout, numbered, pieces
from tests.missions.code.repositories import TIMESHEET

FILES = {str(path.relative_to(TIMESHEET)): path.read_text() for path in TIMESHEET.rglob("*.py")}
FAILURE = """
Traceback (most recent call last):
  File "/somewhere/checkout/tree/tests/test_clock.py", line 19, in test_a_shift_may_end_after_midnight
    self.assertEqual(length("22:00", "06:30"), 510)
AssertionError: -930 != 510
"""


def test_a_failing_assertion_points_to_the_test_and_to_what_it_calls() -> None:
    found = pieces(FAILURE, FILES)
    assert [piece.path for piece in found] == ["tests/test_clock.py", "timesheet/clock.py"]
    shown = numbered(found[1], FILES[found[1].path])
    assert shown.splitlines()[0] == "timesheet/clock.py"
    assert "   14      return minutes(end) - minutes(start)" in shown


def test_a_traceback_points_to_each_function_in_it() -> None:
    output = 'File "tests/test_sheet.py", line 15\ntimesheet/sheet.py:20: in worked\ntimesheet/clock.py:8: ValueError'
    found = pieces(output, FILES)
    assert {"timesheet/sheet.py", "timesheet/clock.py"} <= {piece.path for piece in found}


def test_what_is_not_python_is_shown_around_the_line() -> None:
    assert pieces("main.go:20: wrong", {"main.go": "x\n" * 40}) == [Piece("main.go", 12, 28)]


def test_files_of_the_system_are_not_shown() -> None:
    assert pieces('File "/usr/lib/python3/unittest/case.py", line 20', FILES) == []


def test_a_large_repository_is_told_by_its_folders() -> None:
    paths = [f"src/part{part}/file{number}.py" for part in range(3) for number in range(40)]
    assert layout(["README.md", *paths]).splitlines() == [
        "README.md",
        "src/  120 files",
        *(f"src/part{part}/  40 files" for part in range(3)),
    ]
    assert layout(["b", "a"]) == "a\nb"
    assert layout([]) == "(no files yet)"
