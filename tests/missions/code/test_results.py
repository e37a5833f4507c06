"""What became of single tests, read from what real and recorded runners wrote."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from farside.missions.code.results import Results, missing, results_of

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
    good, bad, left_out = (frozenset(filter(None, [name])) for name in (passed, failed, skipped))
    assert results_of(output) == Results(good, bad, left_out)


def test_half_an_xml_file_and_an_unknown_runner_tell_nothing() -> None:
    assert not results_of("All good!", "<testsuites><testsuite").known


LOUD = """
import logging, time, unittest

class A(unittest.TestCase):
    def test_good(self): logging.warning("it is ok")
    def test_parts(self):
        for part in (1, 2):
            with self.subTest(part=part): self.assertEqual(part, 1)
    @unittest.expectedFailure
    def test_known(self): self.fail("known")
    @unittest.expectedFailure
    def test_mended(self): ...
    @unittest.skip("ok")
    def test_later(self): ...

class Z(unittest.TestCase):
    def test_waits(self): {wait}
"""


def unittested(folder: Path, *options: str) -> str:
    command = [sys.executable, "-m", "unittest", "discover", *options]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        try:
            return process.communicate(timeout=3)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            return process.communicate()[1]


def test_what_tests_log_does_not_hide_what_became_of_them(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(LOUD.format(wait="pass"))
    found = results_of(unittested(tmp_path, "-v"))
    names = [sorted(name.split()[0] for name in names) for names in (found.passed, found.failed, found.skipped)]
    assert names == [["test_good", "test_waits"], ["test_mended", "test_parts"], ["test_known", "test_later"]]


def test_the_test_that_hangs_has_not_passed(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(LOUD.format(wait="time.sleep(100)"))
    assert "test_waits (test_a.Z.test_waits)" in results_of(unittested(tmp_path, "-v")).failed


def test_without_names_tests_are_counted(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(LOUD.format(wait="pass"))
    found = results_of(unittested(tmp_path) * 2)
    assert (found.known, found.summed, found.counts()) == (False, (4, 4), "4 passed, 4 failed")


UNLOADED = "import nothing_there\n\nclass A:\n    pass\n"
LOADED = "import unittest\n\nclass A(unittest.TestCase):\n    def test_it(self): ...\n"


@pytest.mark.parametrize("runner", ["unittest discover -v -t . -s tests", "pytest -q --junitxml=x.xml"])
def test_a_module_that_could_not_be_loaded_is_there_once_its_tests_pass(tmp_path: Path, runner: str) -> None:
    file = tmp_path / "tests" / "test_a.py"
    file.parent.mkdir()
    (file.parent / "__init__.py").touch()
    found = []
    for text in (UNLOADED, LOADED, ""):
        file.write_text(text)
        command = [sys.executable, "-B", "-m", *runner.split()]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        xml = tmp_path / "x.xml"
        found.append(results_of(done.stderr, xml.read_text() if xml.exists() else ""))
    before, after, gone = found
    assert len(before.failed) == len(after.passed) == 1
    assert missing(before.failed, after.passed) == ()
    assert missing(before.failed, gone.passed) == tuple(before.failed)


def test_what_could_not_be_set_up_is_there_once_its_tests_pass() -> None:
    assert missing(["setUpClass (test_a.A)"], ["test_it (test_a.A.test_it)"]) == ()
    assert missing(["setUpClass (test_a.A)"], ["test_it (test_a.B.test_it)"]) == ("setUpClass (test_a.A)",)


def test_of_a_test_with_parameters_each_counts() -> None:
    assert missing(["t[1]", "t[2]"], ["t[2]", "t[3]"]) == ()
    assert missing(["t[1]", "t[2]", "u"], ["t[2]"]) == ("t[1]", "u")
