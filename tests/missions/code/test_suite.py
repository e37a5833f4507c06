"""What was done to the tests of a repository."""

from __future__ import annotations

import pytest

from farside.missions.code.suite import differences, is_test

BEFORE = """
import unittest

class Sums(unittest.TestCase):
    def test_small(self):
        self.assertEqual(add(1, 2), 3)
        self.assertEqual(add(0, 0), 0)

def test_large():
    assert add(10, 20) == 30
"""


def after(old: str, new: str) -> str:
    assert BEFORE.count(old) == 1
    return BEFORE.replace(old, new)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (None, ["deleted"]),
        (after("def test_large", "def largest"), ["test_large is gone"]),
        (after("def test_large", "@pytest.mark.skip\ndef test_large"), ["test_large is skipped"]),
        (after("    assert add(10", "    pytest.skip('later')\n    assert add(10"), ["test_large is skipped"]),
        (after("class Sums", "@unittest.skipIf(True, '')\nclass Sums"), ["Sums.test_small is skipped"]),
        (after("        self.assertEqual(add(0, 0), 0)\n", ""), ["Sums.test_small checks less (1 of 2 checks left)"]),
        (after("== 30", "!= 31"), ["test_large checks something else (add(10, 20) == 30 is gone)"]),
        (after("import unittest", "import unittest\nadd = print"), ["changed"]),
        ("def test(: broken", ["Sums.test_small is gone", "test_large is gone"]),
        (BEFORE + "\ndef test_more():\n    assert add(5, 5) == 10\n", []),
        (BEFORE, []),
    ],
)
def test_each_way_to_loosen_a_test_is_named(text: str | None, lines: list[str]) -> None:
    found = differences({"tests/test_sums.py": BEFORE}, {} if text is None else {"tests/test_sums.py": text})
    assert found == [f"tests/test_sums.py: {line}" for line in lines]


def test_in_other_languages_skips_are_counted() -> None:
    before, skipped = "it('adds', () => {})", "it.skip('adds', () => {})"
    assert differences({"a.test.js": before}, {"a.test.js": skipped}) == ["a.test.js: more of it is skipped"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/data/a.json", True),
        ("src/a_test.go", True),
        ("a/b.spec.ts", True),
        ("conftest.py", True),
        ("sub/.pytest.ini", True),
        ("test.js", True),
        ("jest.config.mjs", True),
        ("spec/a_spec.lua", True),
        ("testing.py", False),
        ("src/latest.py", False),
        ("contest/a.py", False),
    ],
)
def test_test_files_are_known_by_folder_and_name(path: str, expected: bool) -> None:
    assert is_test(path) is expected
