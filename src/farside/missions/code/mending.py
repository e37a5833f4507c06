"""Generate and test: a small model writes a function anew, the tests judge it, until they pass or the time is over.

Such a model does not find its way through a repository, and seldom mends what it has broken; but it writes a
function that it is shown, beside the test that fails. So it is asked for one function at a time, of those that the
failing test comes down to, again and again with another seed; what makes more tests pass, and none fail, is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from farside.errors import FarsideError
from farside.missions.beforehand import Tries
from farside.missions.code.checked import tail
from farside.missions.code.clean import Clean, Trial
from farside.missions.code.replacement import replaced, written
from farside.missions.code.results import missing
from farside.missions.code.suspects import Case, Suspect, case
from farside.prompts import render
from farside.tools.base import Question

TRIES = 8
"""Of one function, before something is better."""
BEHIND = 2
"""By how many tries of a function those of the next one lag behind."""
WARMTH = 0.8
"""Temperature of all tries but the first of each function."""
TOKENS = 700
MOST_GOAL, MOST_TEST, MOST_PRINTED = 2_000, 2_000, 1_200
"""Characters of the goal, of the test and of what it printed."""
REMEMBERED = 2
"""Failed tries that the model is shown."""
WRONG = re.compile(r"(?:E +.*|[\w.]*(?:Error|Exception|Warning|Exit|Interrupt)\b.*)$")
"""Lines of a runner's in Python that name an exception or what an assertion saw."""
MOST_WRONG = 3
LEAST_SECONDS = 10.0
"""What tests may take at least, however quick they were before."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How far the work is."""

    files: Mapping[str, str]
    """The sources, as they are with what was written."""
    trial: Trial
    """Their tests."""
    anew: tuple[Suspect, ...] = ()
    """The functions that were written anew."""
    patch: bytes = b""


@dataclass(frozen=True, slots=True)
class Failed:
    """A try that made nothing better."""

    code: str
    printed: str


@dataclass(slots=True)
class Mending:
    """The generation and the test of one run."""

    clean: Clean
    consult: Callable[[Question], str]
    goal: str
    seed: int
    seconds: float
    """After which tests count as hanging."""
    tries: Tries
    """How long functions may be asked for."""
    tried: int = 0
    """How many functions were tried."""
    refused: str = ""
    """Why the model was asked no more; "" = it was not refused."""

    def best(self, files: Mapping[str, str], before: Trial) -> Stand:
        """Return the best that was found, which is the beginning where nothing is better."""
        stand = Stand(files, before)
        while stand.trial.how == "fail" and (better := self._better(stand)):
            stand = better
        return stand

    def _better(self, stand: Stand) -> Stand | None:
        failing = case(stand.trial.output, stand.files)
        failed: dict[Suspect, list[Failed]] = {suspect: [] for suspect in failing.suspects}
        seen = set[str]()
        for suspect, turn in turns(failing.suspects):
            if self.refused or not self.tries.another():
                return None
            reply = self._asked(failing, suspect, stand.trial, turn, failed[suspect])
            meant = next((each for each in (suspect, *failing.suspects) if written(reply, each.name)), suspect)
            code, text = written(reply, meant.name), replaced(stand.files[meant.path], meant, reply)
            if code is None or text is None or code.code in seen:
                continue
            seen.add(code.code)
            found = self._tried(stand, meant, text)
            if improves(found.trial, stand.trial):
                return found
            failed[meant].append(Failed(code.code, found.trial.output))
        return None

    def _asked(self, failing: Case, suspect: Suspect, trial: Trial, turn: int, failed: Sequence[Failed]) -> str:
        values = {
            "goal": self.goal[:MOST_GOAL],
            "test": failing.test[:MOST_TEST],
            "printed": tail(trial.output)[-MOST_PRINTED:],
            "name": suspect.title,
            "path": suspect.path,
            "source": suspect.source,
            "failed": _told(failed) if turn % 2 else "",
        }
        text = render(__package__, "mend.md", **values)
        warmth, seed = (WARMTH if turn else 0.0), 1_000 * self.seed + turn
        system = render(__package__, "mend_system.md")
        try:
            return self.consult(Question(text, system, "", TOKENS, warmth, seed))
        except FarsideError as error:
            self.refused = str(error)
            return ""

    def _tried(self, stand: Stand, suspect: Suspect, text: str) -> Stand:
        self.tried += 1
        files = {**stand.files, suspect.path: text}
        anew = (*stand.anew, suspect)
        self.clean.check_out(b"")
        patch = self.clean.patch_of({each.path: files[each.path] for each in anew})
        self.clean.check_out(patch)
        seconds = min(self.seconds, LEAST_SECONDS + 5 * stand.trial.seconds)
        return Stand(files, self.clean.trial(stand.trial.command, seconds), anew, patch)


def turns(suspects: Sequence[Suspect]) -> Iterator[tuple[Suspect, int]]:
    """Yield whose turn it is, with the number of its tries before: the nearest first, the others not too late."""
    order = sorted((BEHIND * place + turn, place, turn) for place in range(len(suspects)) for turn in range(TRIES))
    yield from ((suspects[place], turn) for _, place, turn in order)


def improves(now: Trial, before: Trial) -> bool:
    """Tell whether all tests pass, or more than before and each that passed before."""
    if now.how != "fail":
        return now.how == "pass" and not missing(before.results.passed, now.results.passed)
    old, new = before.results.passed, now.results.passed
    return bool(missing(new, old)) and not missing(old, new)


def _told(failed: Sequence[Failed]) -> str:
    return "\n\n".join(
        render(__package__, "mend_failed.md", code=each.code, printed=gist(each.printed))
        for each in failed[-REMEMBERED:]
    )


def gist(output: str) -> str:
    """Return the lines of what tests printed that say what went wrong; the last ones where none is known."""
    found = dict.fromkeys(line.strip() for line in output.splitlines() if WRONG.match(line))
    return "\n".join(list(found)[:MOST_WRONG] or tail(output).splitlines()[-MOST_WRONG:])
