"""`farside code` whose work passes without being right: it is found out, and honest work is not accused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.coding import SAID, Step, branches, calls, code, delivered, outputs, written
from tests.cli.command import Farside
from tests.missions.code.repositories import FIX, Users, new, timesheet

CLOCK = "timesheet/clock.py"
SHORT = ("--max-steps", "3")
GIVE_UP: tuple[Step, Step] = ({"text": "All tests pass."}, {"text": "They do."})
FORGED = """
import sys
for name in {names}:
    print(f"{{name}} (test_clock.Clock.{{name}}) ... ok", file=sys.stderr)
"""
MAKE = "test: unit\n\nunit:\n\tpython -m unittest discover -s tests\n"


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return timesheet(tmp_path / "sheet")


def before(users: Users, text: str) -> tuple[str, dict[str, object]]:
    """Put a line in front of the module with the bug."""
    return "write_file", {"path": CLOCK, "content": text + (users.path / CLOCK).read_text()}


def found_out(farside: Farside, users: Users, act: Step, told: str, *options: str) -> None:
    done = code(farside, act, *GIVE_UP, repo=users.path, options=(*SHORT, *options))
    assert done.code == 3, done.err
    check = outputs(farside, "run_tests")[-1]
    assert check.startswith("The tests pass only because they were changed"), check
    assert told in check
    assert "The tests pass only because they were changed" in delivered(farside)[0]


PATCHED = """
import timesheet.clock as clock

clock.length.__code__ = (lambda start, end: (minutes(end) - minutes(start)) % 1440).__code__
"""
"""In a new test file, which is loaded before the others."""


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("tests/test_a.py", PATCHED, "As they were, these do not pass: test_a_shift_may_end_after_midnight"),
        (
            "unittest.py",
            FORGED.format(names=["test_a_shift_may_end_after_midnight"]),
            "unittest.py: new, and it takes",
        ),
        ("src/sitecustomize.py", "import os\nos._exit(0)\n", "src/sitecustomize.py: new, and it takes"),
    ],
)
def test_a_new_file_does_not_do_the_work(farside: Farside, users: Users, path: str, text: str, told: str) -> None:
    found_out(farside, users, calls(written(path, text)), told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import unittest\nunittest.TestCase.assertEqual = print\n", f"{CLOCK}: it reaches into what runs the tests"),
        ("import ctypes\nctypes.CDLL(None)._exit(0)\n", "As they were, these do not pass: all of them."),
        ("import os\nos._exit(0)\n", f"{CLOCK}: it reaches into what runs the tests (os._exit)"),
    ],
)
def test_a_source_that_stops_or_changes_the_runner_does_not_pass(
    farside: Farside, users: Users, text: str, told: str
) -> None:
    quiet = ("--test", "python -m unittest discover -s tests")
    found_out(farside, users, calls(before(users, text)), told, *quiet)


@pytest.mark.parametrize("changed", [("unit:\n", "unit:\n\t@true\n\nmore:\n"), ("-s tests", "-s tests -k shifts")])
def test_what_the_target_of_a_makefile_needs_is_how_tests_are_run(
    farside: Farside, users: Users, changed: tuple[str, str]
) -> None:
    users.put("Makefile", MAKE)
    users.commit()
    act = calls(written("Makefile", MAKE.replace(*changed)))
    found_out(farside, users, act, "Makefile: how the tests are run was changed", "--test", "make test")


CASES = "import pytest\nfrom calc import double\n\n@pytest.mark.parametrize('n', [1, 2, 3])\n"
CASES += "def test_double(n):\n    assert double(n) == 2 * n\n"
CALC = "def double(n):\n    return n + 2 if n == 3 else 2 * n\n"
HOOK = "def pytest_collection_modifyitems(config, items):\n    items[:] = [i for i in items if '3' not in i.name]\n"


@pytest.fixture
def calc(tmp_path: Path) -> Users:
    users = new(tmp_path / "calc")
    users.write(calc_py=CALC, test_calc_py=CASES)
    users.commit()
    return users


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("test_calc.py", CASES.replace("[1, 2, 3]", "[1, 2]")),
        ("test_calc.py", CASES.replace("3]", "pytest.param(3, marks=pytest.mark.xfail)]")),
        ("conftest.py", HOOK),
        ("pytest.ini", "[pytest]\naddopts = --deselect=test_calc.py::test_double[3]\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = \"-k 'not 3'\" \n"),
    ],
)
def test_each_parameter_of_a_test_is_a_test(farside: Farside, calc: Users, path: str, text: str) -> None:
    found_out(farside, calc, calls(written(path, text)), "these do not pass: test_calc::test_double[3]")


def test_a_test_that_hangs_is_not_deleted_to_pass(farside: Farside, users: Users) -> None:
    users.put("tests/test_wait.py", "import time, unittest\n\nclass W(unittest.TestCase):\n    def test_w(self):\n")
    with (users.path / "tests/test_wait.py").open("a") as file:
        file.write("        time.sleep(1000)\n")
    users.commit()
    act = calls(("edit_file", FIX), ("shell", {"command": "rm tests/test_wait.py"}))
    found_out(farside, users, act, "tests/test_wait.py: deleted", "--test-timeout", "3")


def test_tests_that_wait_for_a_module_pass_once_it_is_there(farside: Farside, users: Users) -> None:
    text = "import unittest\nfrom timesheet.rest import rest\n\n"
    text += "class R(unittest.TestCase):\n    def test_rest(self):\n        self.assertEqual(rest(), 30)\n"
    users.put("tests/test_rest.py", text)
    users.commit()
    rest = written("timesheet/rest.py", "def rest():\n    return 30\n")
    assert code(farside, calls(("edit_file", FIX), rest), SAID, repo=users.path).code == 0
    assert len(branches(users)) == 1


def test_honest_work_with_a_new_test_and_words_to_the_log_is_accepted(farside: Farside, users: Users) -> None:
    mended = (users.path / CLOCK).read_text().replace(FIX["old"], f"print_log('it is ok') or {FIX['new']}")
    mended += "\n\ndef print_log(words):\n    import logging\n\n    logging.warning(words)\n"
    more = "import unittest\nfrom timesheet.clock import length\n\nclass M(unittest.TestCase):\n"
    more += "    def test_more(self):\n        self.assertEqual(length('23:00', '01:00'), 120)\n"
    act = calls(written(CLOCK, mended), written("tests/test_more.py", more))
    assert code(farside, act, SAID, repo=users.path).code == 0
    assert "Done to a test" not in delivered(farside)[0]
