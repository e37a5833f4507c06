"""What became of single tests, read from what real and recorded runners wrote."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from farside.missions.code.results import Results, results_of

SUITE = """
import unittest

class A(unittest.TestCase):
    def test_good(self): ...
    def test_bad(self): self.fail("no")
    def test_worse(self): 1 / 0
    def test_told(self):
        "This one has a sentence."
    @unittest.skip("later")
    def test_later(self): ...
"""
RECORDED = [
    ("test a::good ... ok\ntest a::bad ... FAILED\ntest slow ... ignored\n", "a::good", "a::bad", "slow"),
    (
        "--- PASS: TestGood (0.00s)\n    --- FAIL: TestBad/one (0.01s)\n--- SKIP: TestSlow (0.00s)\n",
        "TestGood",
        "TestBad/one",
        "TestSlow",
    ),
    ("✔ good (1.2ms)\n✖ bad (3.1ms)\n", "good", "bad", ""),
    ("ok 1 - good # time=1\nnot ok 2 - bad\n", "good", "bad", ""),
]


def test_unittest_is_read_as_it_prints(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(SUITE)
    command = [sys.executable, "-m", "unittest", "discover", "-v"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    found = results_of(done.stderr)
    names = [sorted(name.split()[0] for name in names) for names in (found.passed, found.failed, found.skipped)]
    assert names == [["test_good", "test_told"], ["test_bad", "test_worse"], ["test_later"]]


def test_pytest_is_read_from_its_xml(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(SUITE)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=x.xml"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    found = results_of("test a ... ok", (tmp_path / "x.xml").read_text())
    assert found.counts() == "2 passed, 2 failed, 1 skipped"
    assert "test_a.A::test_good" in found.passed


@pytest.mark.parametrize(("output", "passed", "failed", "skipped"), RECORDED)
def test_other_runners_are_read_line_by_line(output: str, passed: str, failed: str, skipped: str) -> None:
    expected = [frozenset(filter(None, [name])) for name in (passed, failed, skipped)]
    assert results_of(output) == Results(*expected)


def test_half_an_xml_file_and_an_unknown_runner_tell_nothing() -> None:
    assert not results_of("All good!", "<testsuites><testsuite").known
