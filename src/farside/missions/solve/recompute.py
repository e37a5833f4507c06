"""The tool that has a problem worked out afresh: the model is shown the problem alone, and its block runs alone."""

from __future__ import annotations

from dataclasses import dataclass

from farside.agent.code_dialect import LABELS, blocks
from farside.agent.mission import Place
from farside.errors import FarsideError
from farside.missions.solve.fresh import fresh
from farside.prompts import render
from farside.tools.base import Outcome, Question

TRIES = 3
"""Blocks that are asked for until one runs without an error."""
WARMTH = 0.4
"""Temperature: another way is wanted, not the same words."""
SECONDS = 60
PRINTED = "\nIt printed:\n"
FENCE = "```"


@dataclass(frozen=True, slots=True)
class Recompute:
    """Implements the tool `recompute`. The same question has the same answer over a run: a resume asks nothing."""

    place: Place

    def __call__(self, problem: str) -> Outcome:
        """Ask for one block that solves the problem, and run it in a fresh session."""
        for number in range(1, TRIES + 1):
            try:
                code = self._asked(problem, number)
            except FarsideError as error:
                return Outcome(f"The problem could not be worked out afresh: {error}", ok=False)
            with fresh(self.place) as session:
                outcome = session.run(code, SECONDS)
            if outcome.ok and outcome.text != "(no output)":
                return Outcome(
                    f"Worked out afresh, from the problem alone:\n{FENCE}python\n{code}\n{FENCE}{PRINTED}"
                    f"{outcome.text}"
                )
        return Outcome(
            f"None of {TRIES} blocks that were written afresh for the problem ran without an error.", ok=False
        )

    def _asked(self, problem: str, seed: int) -> str:
        system = render(__package__, "afresh_system.md")
        question = Question(render(__package__, "afresh.md", problem=problem), system, "", 1_024, WARMTH, seed)
        text = self.place.host.consult(question)
        found = (block.source for block in blocks(text) if not block.label or block.label in LABELS)
        return next(found, text)


def read(text: str) -> tuple[str, str]:
    """Return the block and what it printed, from what the tool says; both are empty where there is none."""
    head, _, printed = text.partition(PRINTED)
    code = head.partition(f"{FENCE}python\n")[2].removesuffix(f"\n{FENCE}")
    return code, printed
