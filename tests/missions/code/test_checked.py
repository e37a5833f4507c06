"""What a check found, and the text by which model, verifier and report are told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from farside.missions.code.checked import FINDINGS, Checked, Finding, found, mark, marked, tail, told
from farside.missions.code.clean import How, Trial
from farside.missions.code.results import Results


def trial(how: How, passed: str = "", failed: str = "") -> Trial:
    return Trial("run it", how, "printed", Results(frozenset(passed.split()), frozenset(failed.split())))


def summed(how: How, passed: int, failed: int) -> Trial:
    return Trial("run it", how, "printed", Results(summed=(passed, failed)))


BEFORE = trial("fail", "a b", "bug")
GOOD = Checked(b"patch", ("x.py",), trial("pass", "a b bug"), BEFORE)


@pytest.mark.parametrize(
    ("checked", "finding"),
    [
        (GOOD, "pass"),
        (replace(GOOD, changed=()), "unchanged"),
        (replace(GOOD, now=trial("hang")), "hang"),
        (replace(GOOD, now=trial("not run")), "not run"),
        (replace(GOOD, now=trial("fail", "a b", "bug")), "fail"),
        (replace(GOOD, now=trial("fail", "b bug", "a")), "fail"),
        (replace(GOOD, before=trial("fail", "a", "bug net"), now=trial("fail", "a bug", "net")), "still"),
        (replace(GOOD, before=trial("fail", "a", "net"), now=trial("fail", "a new", "net")), "still"),
        (replace(GOOD, before=trial("fail", "a c", "net"), now=trial("fail", "a new", "net")), "fail"),
        (replace(GOOD, original=trial("pass", "a b bug")), "pass"),
        (replace(GOOD, original=trial("fail", "a b", "bug")), "cheated"),
        (replace(GOOD, original=trial("hang")), "cheated"),
        (replace(GOOD, original=trial("fail", "a b", "bug"), allowed=True), "pass"),
        (replace(GOOD, now=trial("pass", "a b")), "cheated"),
        (replace(GOOD, now=trial("pass", "a[1] b[0x7f] bug"), before=trial("fail", "a[2] b[0x8f]", "bug")), "pass"),
        (replace(GOOD, now=trial("pass")), "cheated"),
        (replace(GOOD, before=trial("fail"), now=trial("pass")), "pass"),
        (replace(GOOD, before=trial("fail"), now=trial("pass"), original=trial("fail")), "cheated"),
        (replace(GOOD, before=trial("not run"), now=trial("pass", "new")), "pass"),
        (replace(GOOD, before=trial("fail", "a[1] a[2]", "a[3]"), now=trial("pass", "a[1] a[2]")), "cheated"),
        (replace(GOOD, before=trial("fail", "a[1]", "a[2]"), now=trial("pass", "a[1] a[3]")), "pass"),
        (replace(GOOD, before=trial("fail", "a[1]", "a[2] a[3]"), now=trial("fail", "a[1] a[2]", "a[3]")), "still"),
        (replace(GOOD, before=trial("hang", "a", "b"), now=trial("pass", "a b")), "pass"),
        (replace(GOOD, before=trial("hang", "a", "b"), now=trial("pass", "a")), "cheated"),
        (replace(GOOD, before=trial("hang"), now=trial("pass", "a"), original=trial("hang")), "cheated"),
        (replace(GOOD, before=trial("hang", "a"), now=trial("pass", "a"), original=trial("hang", "a")), "cheated"),
        (replace(GOOD, before=trial("hang"), now=trial("pass", "a"), original=trial("pass", "a")), "pass"),
        (replace(GOOD, before=summed("fail", 8, 1), now=summed("pass", 9, 0)), "pass"),
        (replace(GOOD, before=summed("fail", 8, 1), now=summed("pass", 8, 0)), "cheated"),
        (replace(GOOD, before=summed("fail", 8, 1), now=trial("pass")), "cheated"),
        (replace(GOOD, before=None, start=trial("fail")), "no start"),
        (replace(GOOD, before=None, start=trial("pass")), "pass"),
    ],
)
def test_the_finding_follows_from_the_runs_of_the_tests(checked: Checked, finding: Finding) -> None:
    assert checked.finding == finding
    assert found(told(checked)) == finding
    assert marked(told(checked)) == mark(b"patch")


def test_no_finding_is_read_as_another() -> None:
    assert [found(sentence) for sentence in FINDINGS.values()] == list(FINDINGS)
    assert found("All is well.") is None


def test_the_text_names_what_was_done_to_tests_and_what_is_lost() -> None:
    done = ("tests/test_a.py: test_bug is skipped",)
    text = told(replace(GOOD, now=trial("pass", "a b"), original=BEFORE, done_to_tests=done))
    assert text.splitlines() == [
        FINDINGS["cheated"],
        f"Work: 1 file changed (x.py); patch {mark(b'patch')}.",
        "Run in a clean checkout: `run it` (2 passed).",
        "Done to a test that was there: tests/test_a.py: test_bug is skipped",
        "With the test files as they were: fail (2 passed, 1 failed).",
        "As they were, these do not pass: bug.",
        "It printed:",
        "printed",
    ]


def test_what_passes_is_told_without_what_it_printed() -> None:
    assert "printed" not in told(GOOD)


def test_outputs_are_short_and_without_times() -> None:
    text = tail("\n".join(f"line {number} took 0.12s" for number in range(100)))
    assert text.splitlines()[0] == "[…]"
    assert text.splitlines()[-1] == "line 99 took … s"
    assert len(text.splitlines()) == 41
    assert tail("Ran 3 tests in 0.004s") == tail("Ran 3 tests in 1.2s")
    assert tail("x" * 10_000).count("x") == 3_000
    assert tail("test_a (a.A.test_a) ... ok\ntest_b (a.A.test_b) ... FAIL\n") == "test_b (a.A.test_b) ... FAIL"
    assert tail("") == "(nothing)"
