"""What a small model's run opens with: the repository, its tests, and functions that were written anew already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from farside.errors import FarsideError
from farside.missions.beforehand import Tries
from farside.missions.code.checked import TAIL_CHARACTERS, tail
from farside.missions.code.mending import Mending, Stand
from farside.missions.code.workbench import Workbench
from farside.prompts import render
from farside.tools.base import Host, Outcome

MOST_PATCH = 1_500
"""Characters of the change that the model is shown."""


@dataclass(slots=True)
class Beginning:
    """Does the tool `mend`."""

    bench: Workbench
    host: Host
    seed: int
    put: Callable[[bytes], None]
    """Puts a patch into the workspace, which is as it was at the beginning but for that. Twice is once."""

    def mend(self, goal: str, timeout: int) -> Outcome:
        """Show where the work begins; have functions written anew, for `timeout` seconds, until the tests pass."""
        tries = Tries(timeout)
        shown = self.bench.orient()
        if not shown.ok:
            return shown
        try:
            return Outcome(f"{shown.text}\n\n{self._mended(goal, tries)}".strip())
        except FarsideError as error:
            return Outcome(f"{shown.text}\n\n{error} {error.next_step}".strip())

    def _mended(self, goal: str, tries: Tries) -> str:
        before = self.bench.before()
        if before.how != "fail":
            return ""
        mending = Mending(self.bench.clean, self.host.consult, goal, self.seed, self.bench.terms.seconds, tries)
        best = mending.best(self.bench.sources(), before)
        if best.anew:
            self.put(best.patch)
            return _told(best)
        return render(__package__, "not_mended.md", tried=mending.tried) if mending.tried else ""


def _told(best: Stand) -> str:
    names = ", ".join(f"{each.title} in {each.path}" for each in dict.fromkeys(best.anew))
    patch = best.patch.decode(errors="replace")[:MOST_PATCH]
    if best.trial.how == "pass":
        return render(__package__, "mended.md", names=names, patch=patch)
    return render(
        __package__,
        "mended_partly.md",
        names=names,
        patch=patch,
        printed=tail(best.trial.output)[-TAIL_CHARACTERS // 2 :],
    )
