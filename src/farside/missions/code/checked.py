"""What a check of the work found, and the text that tells it to the model, the verifier and the report. Pure.

The text begins with one of FINDINGS, from which the verifier reads the finding back.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from farside.missions.code.clean import Trial
from farside.missions.code.results import Results, missing

Finding = Literal["unchanged", "not run", "hang", "fail", "still", "cheated", "no start", "pass"]
FINDINGS: dict[Finding, str] = {
    "unchanged": "Nothing has changed: no file differs from the beginning.",
    "not run": "The tests did not run.",
    "hang": "The tests hang: they were stopped, with all that they had started.",
    "fail": "The tests fail.",
    "still": "Some tests still fail, all of which failed before the work began.",
    "cheated": "The tests pass only because they were changed: as they were at the beginning they do not.",
    "no start": "The tests pass, but the program does not start.",
    "pass": "The tests pass.",
}
TIMES = re.compile(r"(?<![\w.])(?<!its )\d+(?:\.\d+)? ?(?:s|ms|seconds?|sec)\b")
"""Differ from run to run, and would make each output a new one; not so the time that farside gave (`its 300 s`)."""
GOOD = re.compile(r"^(?:.* \.\.\. ok|=== RUN .*|[ \t]*--- PASS: .*)\n", re.M)
"""Lines on tests that pass."""
TAIL_LINES, TAIL_CHARACTERS = 40, 3_000
MOST_NAMES, LONGEST_NAME = 12, 200


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in the clean checkout."""

    patch: bytes
    changed: tuple[str, ...]
    """Paths that differ from the beginning."""
    now: Trial
    before: Trial | None = None
    """The tests before the work began; None where there were none."""
    original: Trial | None = None
    """Test files as they were at the beginning, on the new code; None where none was changed."""
    done_to_tests: tuple[str, ...] = ()
    allowed: bool = False
    """The user lets tests be changed."""
    start: Trial | None = None
    """The program's start, where that was asked for."""
    source: str = ""
    """What failing tests point to, as it is now."""

    @property
    def finding(self) -> Finding:
        """What comes of it all."""
        if not self.changed:
            return "unchanged"
        if self.now.how in ("hang", "not run"):
            return "hang" if self.now.how == "hang" else "not run"
        if self.now.how == "fail":
            return "still" if self._only_as_before() else "fail"
        if self.lost and not self.allowed:
            return "cheated"
        return "no start" if self.start and self.start.how != "pass" else "pass"

    def _only_as_before(self) -> bool:
        """Tell whether what fails failed before, nothing was lost, and some test shows that there was progress."""
        before, now = self.before.results if self.before else Results(), self.now.results
        progress = missing(now.passed, before.passed)
        return bool(now.failed and progress) and not missing(now.failed, before.failed) and not self.lost

    @property
    def lost(self) -> tuple[str, ...]:
        """Tests that were there at the beginning and, as they were, do not pass any more, or never did."""
        if self.before is None or self.before.how == "not run":
            return ()
        judged = self.original or self.now
        before, after = self.before.results, judged.results
        is_less = judged.how != "pass" and self.original is not None
        if before.known and after.known and not (self.before.how == "hang" and is_less):
            must = before.passed if self.now.how == "fail" else before.passed | before.failed
            return missing(must, after.passed)
        fewer = not after.known and after.summed[0] < sum(before.summed)
        return ("all of them",) if before.known or fewer or is_less else ()


def told(checked: Checked) -> str:
    """Return the text of a check: the finding, the facts, and the end of what was printed where it does not pass."""
    finding = checked.finding
    run = f"Run in a clean checkout: `{checked.now.command}`{_counts(checked.now)}."
    facts = [
        FINDINGS[finding],
        f"Work: {counted(checked.changed)}; patch {mark(checked.patch)}.",
        *([run] if checked.now.command else []),
        *(f"Done to a test that was there: {line}" for line in checked.done_to_tests),
        *_originals(checked),
    ]
    shown = checked.start if finding == "no start" and checked.start else checked.now
    if finding == "no start":
        facts.append(f"Start it with: `{shown.command}`")
    if finding == "pass":
        return "\n".join(facts)
    source = ["", "The source that this points to, as it is now:", checked.source] if checked.source else []
    return "\n".join([*facts, "It printed:", tail(shown.output), *source])


def _originals(checked: Checked) -> list[str]:
    lines = []
    if checked.original:
        lines.append(f"With the test files as they were: {checked.original.how}{_counts(checked.original)}.")
    if checked.lost:
        lines.append(f"As they were, these do not pass: {named(checked.lost)}.")
    if checked.before and checked.before.results.failed and checked.now.how == "fail":
        lines.append(f"Failed before the work began: {named(checked.before.results.failed)}.")
    return lines


def _counts(trial: Trial) -> str:
    return f" ({counts})" if (counts := trial.results.counts()) else ""


def counted(paths: tuple[str, ...]) -> str:
    """Return how many files changed, and their names."""
    return f"{len(paths)} file{'s' * (len(paths) != 1)} changed{f' ({named(paths)})' if paths else ''}"


def named(names: frozenset[str] | tuple[str, ...]) -> str:
    """Return names on one line, the first of many."""
    ordered = sorted(names)
    rest = len(ordered) - MOST_NAMES
    return ", ".join(name[:LONGEST_NAME] for name in ordered[:MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def tail(output: str) -> str:
    """Return the end of what was printed, without times and tests that pass."""
    lines = TIMES.sub("… s", GOOD.sub("", output)).strip().splitlines()
    text = "\n".join(lines[-TAIL_LINES:])
    cut = len(lines) > TAIL_LINES or len(text) > TAIL_CHARACTERS
    return ("[…]\n" if cut else "") + text[-TAIL_CHARACTERS:] if text else "(nothing)"


def mark(patch: bytes) -> str:
    """Return a short name of a patch."""
    return hashlib.sha256(patch).hexdigest()[:12]


def found(text: str) -> Finding | None:
    """Return the finding of a check's text; None where it is none."""
    return next((finding for finding, sentence in FINDINGS.items() if text.startswith(sentence)), None)


def marked(text: str) -> str:
    """Return the short name of the patch that a check's text is about, or ""."""
    line = re.search(r"^Work: .*; patch (\w+)\.$", text, re.M)
    return line[1] if line else ""
