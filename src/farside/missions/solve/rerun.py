"""The tool that runs all cells again in a fresh session, and the checks among them alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from farside.agent.blobs import Blobs
from farside.agent.claim import claim
from farside.agent.journal import Journal
from farside.agent.mission import Place, Recall
from farside.agent.state import RunState
from farside.agent.take_up import recall_from, told_by
from farside.missions.solve.another_way import other_ways
from farside.missions.solve.cells import Cell, cells, problem
from farside.missions.solve.fresh import Session, fresh
from farside.missions.solve.report import Report, differs
from farside.missions.solve.values import Number, result, same, stands
from farside.tools.base import Outcome

MOST_ALONE = 3
"""Cells that are tried alone, the latest first: one that holds is enough."""


def whole(found: Sequence[Cell], recall: Recall) -> list[Cell]:
    """Return the cells with all that they printed."""
    return [replace(cell, output=recall(cell.call_id) or cell.output) for cell in found]


@dataclass(frozen=True, slots=True)
class Rerun:
    """Implements the tool `rerun`. It reads the run's journal, in which the claim stands already."""

    place: Place

    def __call__(self) -> Outcome:
        """Run the cells that ended without an error; where that is not enough, those with one too."""
        state, found = self._told()
        good = [cell for cell in found if cell.ok]
        report = self._again(good)
        if len(report.same) < len(good) < len(found):
            counted = {cell.number for cell in good}
            report = max(report, self._again(found), key=lambda each: len(counted.intersection(each.same)))
        claimed = claim(state)
        wanted = result(claimed.text, problem(state)) if claimed else []
        return Outcome(replace(report, alone=self._alone(other_ways(found, wanted), wanted)).text())

    def _told(self) -> tuple[RunState, list[Cell]]:
        journal = Journal(self.place.folder.journal, read_only=True)
        try:
            state = told_by(journal)
            return state, whole(cells(state), recall_from(journal, Blobs(self.place.folder.blobs)))
        finally:
            journal.close()

    def _again(self, chosen: Sequence[Cell]) -> Report:
        with fresh(self.place) as session:
            outputs = [(cell, session.again(cell).text) for cell in chosen]
        return Report(
            same=tuple(cell.number for cell, now in outputs if same(cell.output, now)),
            kept=tuple(cell.number for cell, _ in outputs),
            differing=tuple(
                differs(cell.number, cell.output, now) for cell, now in outputs if not same(cell.output, now)
            ),
        )

    def _alone(self, candidates: Sequence[Cell], wanted: Sequence[Number]) -> tuple[int, ...]:
        """Return the first of the latest candidates that gives the result in a session where nothing else ran."""
        for cell in candidates[: -MOST_ALONE - 1 : -1]:
            with fresh(self.place) as session:
                if _gives(session, cell, wanted):
                    return (cell.number,)
        return ()


def _gives(session: Session, cell: Cell, wanted: Sequence[Number]) -> bool:
    outcome = session.again(cell)
    return outcome.ok and all(stands(number, [outcome.text]) for number in wanted)
