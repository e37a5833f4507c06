"""The command that runs a repository's tests, found by what lies in it."""

from __future__ import annotations

import pytest

from farside.missions.code.runner import command_for, start_command

UNITTEST = "import unittest\n\nclass A(unittest.TestCase):\n    def test_a(self): ...\n"
PYTEST = "def test_a():\n    assert True\n"


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"tests/test_a.py": PYTEST}, "python -m pytest -q"),
        ({"a_test.py": "import pytest\n" + UNITTEST}, "python -m pytest -q"),
        ({"tests/test_a.py": UNITTEST, "setup.cfg": "[tool:pytest]\n"}, "python -m pytest -q"),
        ({"tests/test_a.py": UNITTEST, "tests/conftest.py": ""}, "python -m pytest -q"),
        ({"tests/test_a.py": UNITTEST}, "python -m unittest discover -v -s tests"),
        ({"tests/test_a.py": UNITTEST, "tests/__init__.py": ""}, "python -m unittest discover -v"),
        ({"test_a.py": UNITTEST, "Makefile": "test:\n\tfalse\n"}, "python -m unittest discover -v"),
        ({"Cargo.toml": "", "src/lib.rs": ""}, "cargo test"),
        ({"go.mod": "", "a_test.go": ""}, "go test -v ./..."),
        ({"package.json": '{"scripts": {"test": "node --test"}}'}, "npm test"),
        ({"Makefile": "all:\n\techo\ntest: all\n\techo\n"}, "make test"),
        ({"go.mod": "", "a.go": ""}, ""),
        ({"package.json": '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}'}, ""),
        ({"package.json": "{"}, ""),
        ({"Makefile": "test := 1\ntesting:\n"}, ""),
        ({"tests/data.py": "", "a.py": PYTEST}, ""),
        ({}, ""),
    ],
)
def test_the_command_is_found_by_what_there_is(files: dict[str, str], command: str) -> None:
    assert command_for(files, files.__getitem__, pytest=True) == command


def test_without_pytest_only_tests_for_unittest_can_be_run() -> None:
    assert command_for(["test_a.py"], lambda _: PYTEST, pytest=False) == ""
    assert command_for(["test_a.py"], lambda _: UNITTEST, pytest=False) == "python -m unittest discover -v"


@pytest.mark.parametrize(
    ("readme", "command"),
    [
        ("# Word\n\nStart it with: `python -m word`\n", "python -m word"),
        ("**Start it with:** `python word.py FILE`", "python word.py FILE"),
        ("start it with ./word", "./word"),
        ("It starts with a bang.", ""),
    ],
)
def test_a_readme_says_how_the_program_is_started(readme: str, command: str) -> None:
    assert start_command(["README.md", "a.py"], {"README.md": readme, "a.py": ""}.__getitem__) == command
