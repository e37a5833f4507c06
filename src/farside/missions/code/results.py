"""What became of each single test, read from what a test runner wrote. Pure.

Known are JUnit XML (pytest), the lines of unittest -v, go test -v, cargo test and TAP, and the marks of node, mocha
and jest; of unittest without -v how many tests there were. Of any other runner there is only its exit code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

Fate = Literal["passed", "failed", "skipped"]
LINES: tuple[tuple[re.Pattern[str], int, int], ...] = (
    (re.compile(r"^test (\S[^\n]*?) \.\.\. (ok|FAILED|ignored)", re.M), 1, 2),
    (re.compile(r"^[ ]*--- (PASS|FAIL|SKIP): (\S+)", re.M), 2, 1),
    (re.compile(r"^[ ]*(ok|not ok) \d+ - ([^\n#]*)(?:#[^\n]*)?$", re.M), 2, 1),
    (re.compile(r"^[ ]*([✔✓✖✕\u00d7])[ ]+([^\n]+?)(?: \([\d.]+ ?m?s\))?$", re.M), 2, 1),
)
"""Of each runner: the pattern, and the groups of the test's name and of its fate."""
FATES: dict[str, Fate] = {
    **dict.fromkeys(("ok", "PASS", "✔", "✓"), "passed"),
    **dict.fromkeys(("FAIL", "ERROR", "FAILED", "not ok", "✖", "✕", "\u00d7", "unexpected success"), "failed"),
    **dict.fromkeys(("skipped", "ignored", "SKIP", "expected failure"), "skipped"),
}
BEGUN = re.compile(r"^([\w.]+ \([\w.]+\))(?:\n[^\n]*)? \.\.\. ", re.M)
ENDED = re.compile(r"(ok|FAIL|ERROR|skipped(?= ['\"])|expected failure|unexpected success)(?: ['\"][^\n]*)?$", re.M)
BEHIND = re.compile(r"^(?:={70}|-{70})$", re.M)
"""Of unittest -v: the head of a test's line, its end, which stands lines below where the test logs, and the rest."""
SUMMED = re.compile(r"^Ran (\d+) tests? in [^\n]*\n\n(?:OK|FAILED|NO TESTS RAN)(?: \(([^)\n]*)\))?$", re.M)
NOT_LOADED = re.compile(
    r"([\w.]+) \(unittest\.loader\._FailedTest\.[\w.]+\)|(?:setUp|tearDown)\w+ \(([\w.]+)\)|([\w.]+)"
)
"""What unittest and pytest name in place of the tests of a module or class that could not be loaded or set up."""


@dataclass(frozen=True, slots=True)
class Results:
    """Names of tests by what became of them; all are empty where the runner is not known."""

    passed: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    summed: tuple[int, int] = (0, 0)
    """Of tests that are not named: how many passed, and how many did not, those left out that were skipped."""

    @property
    def known(self) -> bool:
        """Whether single tests are known at all."""
        return bool(self.passed or self.failed or self.skipped)

    def counts(self) -> str:
        """Return how many there are of each: `3 passed, 1 failed`."""
        pairs = (("passed", self.passed), ("failed", self.failed), ("skipped", self.skipped))
        named = [f"{len(names)} {fate}" for fate, names in pairs if names]
        unnamed = zip(self.summed, ("passed", "failed"), strict=True)
        return ", ".join(named or [f"{count} {fate}" for count, fate in unnamed if count])


def missing(wanted: Iterable[str], among: Iterable[str]) -> tuple[str, ...]:
    """Return those of the wanted tests that are not among others.

    The parameters of a test may have other names in each run: as many of it have to be there. For a module that could
    not be loaded any of its tests will do.
    """
    there = frozenset(among)
    places = {place for name in there for place in _places(name)}
    asked = [name for name in wanted if _not_loaded(name) not in places]
    counts = Counter(map(plain, there))
    fewer = {name for name, count in Counter(map(plain, asked)).items() if counts[name] < count}
    return tuple(sorted(name for name in asked if plain(name) in fewer and name not in there))


def plain(name: str) -> str:
    """Return the name of a test without its parameters."""
    return re.sub(r"\[.*\]$", "", name, flags=re.DOTALL)


def _not_loaded(name: str) -> str:
    """Return the module or class that could not be loaded, of which a name tells; "" where it is that of a test."""
    found = NOT_LOADED.fullmatch(name)
    return next(filter(None, found.groups())) if found else ""


def _places(name: str) -> Iterator[str]:
    """Yield the modules and the class that a test of unittest or pytest is in."""
    found = re.fullmatch(r"\w+ \(([\w.]+)\.\w+\)|([\w.]+)::.*", name, re.DOTALL)
    parts = (found[1] or found[2]).split(".") if found else []
    yield from (".".join(parts[: length + 1]) for length in range(len(parts)))


def results_of(output: str, junit: str = "") -> Results:
    """Return the tests that a runner told of. A test told of twice has the worse fate."""
    found = list(_from_junit(junit)) if junit else []
    told = found or [*_from_unittest(output), *(pair for line in LINES for pair in _from_lines(output, *line))]
    failed = frozenset(name for name, fate in told if fate == "failed")
    skipped = frozenset(name for name, fate in told if fate == "skipped") - failed
    summed = (0, 0) if told else _summed(output)
    return Results(frozenset(name for name, _ in told) - failed - skipped, failed, skipped, summed)


def _from_unittest(output: str) -> Iterator[tuple[str, Fate]]:
    """Yield what became of each test; one that has no end is where the run was stopped."""
    heads = list(BEGUN.finditer(output))
    for head, following in zip_longest(heads, heads[1:]):
        said = BEHIND.split(output[head.end() : following.start() if following else None], maxsplit=1)[0]
        ends = ENDED.findall(said)
        yield head[1], FATES[ends[-1]] if ends else "failed"


def _summed(output: str) -> tuple[int, int]:
    """Return how many tests passed and how many did not, in all runs of unittest that an output tells of."""
    passed = failed = 0
    for found in SUMMED.finditer(output):
        counts = {what: int(count) for what, count in re.findall(r"([a-z][a-z ]+)=(\d+)", found[2] or "")}
        left_out = counts.get("skipped", 0) + counts.get("expected failures", 0)
        bad = sum(counts.get(what, 0) for what in ("failures", "errors", "unexpected successes"))
        failed += bad
        passed += max(int(found[1]) - left_out - bad, 0)
    return passed, failed


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
