"""From a failing test to the functions that it comes down to, the nearest first."""

from __future__ import annotations

from farside.missions.code.suspects import MOST, MOST_LINES, case
from tests.missions.code.repositories import TIMESHEET
from tests.missions.code.test_pointing import FAILURE

FILES = {str(path.relative_to(TIMESHEET)): path.read_text() for path in TIMESHEET.rglob("*.py")}


def named(output: str, files: dict[str, str]) -> list[str]:
    return [each.name for each in case(output, files).suspects]


def test_what_the_failing_line_calls_comes_first_then_what_that_calls() -> None:
    found = case(FAILURE, FILES)
    assert found.test.startswith("def test_a_shift_may_end_after_midnight(self):\n    self.assertEqual(")
    assert [each.name for each in found.suspects] == ["length", "minutes"]
    first = found.suspects[0]
    assert (first.path, first.first, first.last) == ("timesheet/clock.py", 12, 14)
    assert first.source.splitlines()[-1] == "    return minutes(end) - minutes(start)"


def test_of_a_traceback_the_innermost_function_comes_first() -> None:
    output = """
  File "tests/test_sheet.py", line 15, in test_shifts_are_read
  File "timesheet/sheet.py", line 12, in read
  File "timesheet/sheet.py", line 21, in worked
  File "timesheet/clock.py", line 8, in minutes
ValueError: '9' is no time of day
"""
    assert named(output, FILES) == ["minutes", "worked", "read", "length"]


METHODS = """
class Box:
    @property
    def size(self):
        return self.width * 2

    def grow(self, by):
        '''Not size, which stands in words alone.'''
        self.width += by
"""


def test_methods_are_found_by_name_and_words_are_no_calls() -> None:
    files = {"box.py": METHODS, "tests/test_box.py": "def test_it():\n    box.grow(2)\n"}
    (grow,) = case("tests/test_box.py:2: in test_it", files).suspects
    assert (grow.name, grow.first) == ("grow", 7)
    assert grow.source.startswith("def grow(self, by):\n    '''")
    files["tests/test_box.py"] = "def test_it():\n    assert (\n        Box().size == 4)\n"
    (size,) = case("tests/test_box.py:3: AssertionError", files).suspects
    assert (size.name, size.first, size.source.splitlines()[0]) == ("size", 4, "def size(self):")


def test_who_makes_an_object_calls_the_method_that_makes_it() -> None:
    files = {"box.py": "class Box:\n    def __init__(self, width):\n        self.width = width\n"}
    files["tests/test_box.py"] = "def test_it():\n    assert Box(2) == 3\n"
    (maker,) = case("tests/test_box.py:2: AssertionError", files).suspects
    assert (maker.title, maker.name) == ("Box.__init__", "__init__")


def test_long_functions_and_more_than_a_few_are_left_out() -> None:
    many = "".join(f"def f{number}():\n    pass\n" for number in range(9))
    long = "def long():\n" + "    x = 1\n" * MOST_LINES
    calls = "; ".join(["long()", *(f"f{number}()" for number in range(9))])
    files = {"many.py": many, "long.py": long, "test_many.py": f"def test_it():\n    {calls}\n"}
    assert named("test_many.py:2: AssertionError", files) == [f"f{number}" for number in range(MOST)]


def test_what_names_no_place_or_is_not_python_comes_down_to_nothing() -> None:
    assert case("it failed", FILES) == case("main.go:1: wrong", {"main.go": "func main() {}"})
    assert case("it failed", FILES).suspects == ()
