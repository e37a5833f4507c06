"""The small-model benchmark: what breaks down is never counted as no answer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.small_model import Ended, Try, answer_of, run, table, tried


def python(code: str) -> list[str | Path]:
    return [sys.executable, "-c", code]


def test_an_answer_is_the_last_line_of_what_was_printed() -> None:
    assert answer_of(run(python("print('x'); print('{\"answer\": \"42\"}')"), {}, 20)) == Ended("42")


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("import no_such_harness", "exit code 1: ModuleNotFoundError: No module named 'no_such_harness'"),
        ("print('not JSON')", "no JSON: not JSON"),
        ("print('[1]')", "no JSON: [1]"),
    ],
)
def test_a_harness_that_breaks_down_says_how(code: str, fault: str) -> None:
    assert answer_of(run(python(code), {}, 20)) == Ended(fault=fault)


def test_what_is_not_done_in_time_has_no_answer_and_is_killed() -> None:
    assert answer_of(run(python("import time; time.sleep(60)"), {}, 0.5)) == Ended()


def test_each_verdict_has_its_column() -> None:
    def give(ended: Ended) -> Try:
        return tried("farside", lambda folder, limit: (ended, 1.0), 1, 2000, 5)

    tries = [give(Ended("The total is 1.")), give(Ended()), give(Ended(fault="exit code 1: x")), give(Ended("2"))]
    assert [one.verdict for one in tries] == ["wrong", "none", "broken", "wrong"]
    assert table(tries).splitlines()[1].split() == ["farside", "1", "4", "0", "2", "1", "1", "1"]
