"""The benchmark of mending a bug: its judge looks at the source alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.code import Try, beaten, by_farside, git, repository, table, tried
from bench.small_model import Ended
from tests.missions.code.repositories import FIX


def edited(folder: Path, path: str, old: str, new: str) -> None:
    file = folder / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def mended(folder: Path, new: str = FIX["new"]) -> None:
    edited(folder, FIX["path"], FIX["old"], new)


def mended_by_a_commit(folder: Path) -> None:
    mended(folder)
    git(folder, "commit", "--quiet", "--all", "-m", "Mended")


@pytest.mark.parametrize(
    ("work", "verdict"),
    [
        (mended, "right"),
        (mended_by_a_commit, "right"),
        (lambda folder: None, "none"),
        (lambda folder: mended(folder, "510"), "wrong"),
        (lambda folder: mended(folder, "abs(minutes(end) - minutes(start))"), "wrong"),
        (lambda folder: edited(folder, "tests/test_clock.py", "510", "-930"), "wrong"),
        (lambda folder: edited(folder, FIX["path"], "def minutes", "import os\nos._exit(0)\ndef minutes"), "wrong"),
        (lambda folder: mended(folder, "while"), "wrong"),
    ],
)
def test_what_a_harness_leaves_is_judged_by_tests_of_the_judge_s_own(work: object, verdict: str) -> None:
    def harness(folder: Path, seed: int, limit: float) -> Ended:
        assert callable(work)
        work(folder)
        return Ended("Done.")

    assert tried("some", harness, 1, 60).verdict == verdict


def test_a_harness_that_breaks_down_is_told_apart_from_one_that_does_nothing() -> None:
    one = tried("some", lambda folder, seed, limit: Ended(fault="exit code 1: no such module"), 3, 60)
    assert (one.verdict, one.said, one.seed) == ("broken", "exit code 1: no such module", 3)


def test_the_table_counts_and_a_better_peer_is_named() -> None:
    tries = [Try(harness, 1, verdict, "", 9.0) for harness, verdict in (("farside", "none"), ("peer", "right"))]
    assert table(tries).splitlines()[1].split() == ["farside", "1", "0", "0", "1", "0", "9"]
    assert beaten(tries) == ["peer"]
    assert beaten(tries[:1]) == []


def test_farside_without_its_model_is_broken_and_leaves_the_repository_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "timesheet"
    repository(folder)
    monkeypatch.setenv("FARSIDE_GGUF", str(tmp_path / "none.gguf"))
    ended = by_farside(folder, 1, 60)
    assert ended.fault.startswith("exit code 2")
    assert git(folder, "status", "--porcelain") == ""
