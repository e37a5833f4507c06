"""What became of each single test, read from what a test runner wrote. Pure.

Known are JUnit XML (pytest), the lines of unittest -v, go test -v, cargo test and TAP, and the marks of node, mocha
and jest. Of any other runner there is only its exit code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Fate = Literal["passed", "failed", "skipped"]
LINES: tuple[tuple[re.Pattern[str], int, int], ...] = (
    (re.compile(r"^(\w+ \([\w.]+\))(?:\n[^\n]*)? \.\.\. (ok|FAIL|ERROR|skipped|expected failure)", re.M), 1, 2),
    (re.compile(r"^test (\S[^\n]*?) \.\.\. (ok|FAILED|ignored)", re.M), 1, 2),
    (re.compile(r"^[ ]*--- (PASS|FAIL|SKIP): (\S+)", re.M), 2, 1),
    (re.compile(r"^[ ]*(ok|not ok) \d+ - ([^\n#]*)(?:#[^\n]*)?$", re.M), 2, 1),
    (re.compile(r"^[ ]*([✔✓✖✕\u00d7])[ ]+([^\n]+?)(?: \([\d.]+ ?m?s\))?$", re.M), 2, 1),
)
"""Of each runner: the pattern, and the groups of the test's name and of its fate."""
FATES: dict[str, Fate] = {
    **dict.fromkeys(("ok", "PASS", "✔", "✓", "expected failure"), "passed"),
    **dict.fromkeys(("FAIL", "ERROR", "FAILED", "not ok", "✖", "✕", "\u00d7"), "failed"),
    **dict.fromkeys(("skipped", "ignored", "SKIP"), "skipped"),
}


@dataclass(frozen=True, slots=True)
class Results:
    """Names of tests by what became of them; all are empty where the runner is not known."""

    passed: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        """Whether single tests are known at all."""
        return bool(self.passed or self.failed or self.skipped)

    def counts(self) -> str:
        """Return how many there are of each: `3 passed, 1 failed`."""
        pairs = (("passed", self.passed), ("failed", self.failed), ("skipped", self.skipped))
        return ", ".join(f"{len(names)} {fate}" for fate, names in pairs if names)


def results_of(output: str, junit: str = "") -> Results:
    """Return the tests that a runner told of. A test told of twice has the worse fate."""
    found = list(_from_junit(junit)) if junit else []
    told = found or [pair for line in LINES for pair in _from_lines(output, *line)]
    failed = frozenset(name for name, fate in told if fate == "failed")
    skipped = frozenset(name for name, fate in told if fate == "skipped") - failed
    return Results(frozenset(name for name, _ in told) - failed - skipped, failed, skipped)


def _from_junit(text: str) -> Iterator[tuple[str, Fate]]:
    from xml.etree import ElementTree  # every run imports this module, few read XML

    try:
        cases = ElementTree.fromstring(text).iter("testcase")
    except ElementTree.ParseError:  # a run that was killed wrote half of it
        return
    for case in cases:
        tags = {child.tag for child in case}
        name = "::".join(filter(None, (case.get("classname"), case.get("name"))))
        yield name, "failed" if tags & {"failure", "error"} else "skipped" if "skipped" in tags else "passed"


def _from_lines(output: str, pattern: re.Pattern[str], name: int, fate: int) -> Iterator[tuple[str, Fate]]:
    for found in pattern.finditer(output):
        yield found[name].rstrip(), FATES[found[fate]]
