"""The tools of this mission: check_report for the model, scope and judge_report for itself. They only read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from farside.agent.archive import Archive
from farside.agent.home import private
from farside.agent.mission import Place
from farside.missions.research import verdicts
from farside.missions.research.archived import pages
from farside.missions.research.claims import ledger
from farside.missions.research.document import document
from farside.missions.research.findings import MARK, findings, head
from farside.missions.research.judge import Consulted, nobody
from farside.missions.research.options import QUESTION, depth
from farside.missions.research.report import read
from farside.missions.research.summary import summary
from farside.missions.research.telling import Telling
from farside.prompts import render
from farside.tools.base import Outcome
from farside.tools.below import read_below
from farside.tools.described import Described
from farside.tools.reasons import Unreadable

CATALOG = Path(__file__).with_name("tools.toml")
REPORT = "report.md"
"""The file of the workspace in which the model writes."""
MOST = 4 * 10**6
"""Bytes of a report."""


def toolbox(place: Place) -> Described:
    """Return the tools of one run."""
    checking = Checking(place)
    return Described(
        CATALOG, {"scope": checking.scope, "check_report": checking.check, "judge_report": checking.judge}
    )


@dataclass(frozen=True, slots=True)
class Checking:
    """Reads the report as it is now, and the pages that were opened."""

    place: Place

    def scope(self) -> Outcome:
        """Say how thorough the user wants it."""
        return Outcome(render(__package__, "scope.md", depth=depth(self.place.settings)))

    def check(self) -> Outcome:
        """Check all that can be checked without a judge."""
        try:
            text = written(Path(self.place.settings.workspace))
        except (FileNotFoundError, Unreadable) as reason:
            return _unread(reason)
        opened = pages(Archive(self.place.folder))
        return Outcome(findings(ledger(read(text), opened, nobody, 0, self._question), opened))

    def judge(self) -> Outcome:
        """Check it with a judge, and keep what was judged and what was said of it."""
        try:
            text = written(Path(self.place.settings.workspace))
        except (FileNotFoundError, Unreadable) as reason:
            return _unread(reason)
        archive = Archive(self.place.folder)
        opened = pages(archive)
        whole = ledger(read(text), opened, nobody, 0, self._question).counted("not judged")
        judge = Telling(Consulted(self.place.host.consult), self.place.notice, whole)
        judged = ledger(read(text), opened, judge, depth(self.place.settings), self._question)
        first = head(judged, archive.put(text.encode(errors="replace")), archive.put(verdicts.written(judged)))
        return Outcome(f"{first}\n{findings(judged, opened)}\n{MARK}\n{summary(document(judged, ''))}")

    @property
    def _question(self) -> str:
        return self.place.settings.option(QUESTION)


def written(workspace: Path) -> str:
    """Return the report as it lies in the workspace.

    Raises:
        FileNotFoundError: there is none.
        Unreadable: it is no plain file, or too large.
    """
    return read_below(workspace, REPORT, MOST, private()).data.decode(errors="replace")


def _unread(reason: Exception) -> Outcome:
    if isinstance(reason, FileNotFoundError):
        return Outcome(f"There is no {REPORT} in the current folder yet: write it first.", ok=False)
    return Outcome(f"{REPORT} cannot be read: {reason}.", ok=False)
