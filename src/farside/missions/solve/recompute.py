"""The tool that has a problem worked out afresh: the model is shown the problem alone, and its block runs alone."""

from __future__ import annotations

from dataclasses import dataclass

from farside.agent.code_dialect import python_in
from farside.agent.mission import Place
from farside.errors import FarsideError
from farside.missions.solve.fresh import fresh
from farside.missions.solve.values import numbers, stands
from farside.prompts import render
from farside.tools.base import Outcome, Question

TRIES = 4
"""Blocks that are asked for at most, as some do not run."""
OPINIONS = 2
"""Blocks that run and may give another result than the claim, until it stands alone: two of three decide."""
WARMTH = 0.4
"""Temperature: another way is wanted, not the same words."""
SECONDS = 60
PRINTED = "\nIt printed:\n"
FENCE = "```"


@dataclass(frozen=True, slots=True)
class Recompute:
    """Implements the tool `recompute`. The same question has the same answer over a run: a resume asks nothing."""

    place: Place

    def __call__(self, problem: str, result: str) -> Outcome:
        """Ask for blocks that solve the problem, and run each in a fresh session, until one gives the result."""
        opinions: list[str] = []
        for seed in range(1, TRIES + 1):
            try:
                code = self._asked(problem, seed)
            except FarsideError as error:
                return Outcome(opinions[0] if opinions else f"The problem could not be worked out afresh: {error}")
            with fresh(self.place) as session:
                outcome = session.run(code, SECONDS)
            if not outcome.ok or not numbers(outcome.text) or PRINTED in code:
                continue
            opinions.append(_told(code, outcome.text))
            if all(stands(number, [outcome.text]) for number in numbers(result)):
                return Outcome(opinions[-1])
            if len(opinions) == OPINIONS:
                break
        return Outcome(
            opinions[0] if opinions else "No block that was written afresh for the problem ran to a number."
        )

    def _asked(self, problem: str, seed: int) -> str:
        system = render(__package__, "afresh_system.md")
        question = Question(render(__package__, "afresh.md", problem=problem), system, "", 1_024, WARMTH, seed)
        return python_in(self.place.host.consult(question))


def _told(code: str, printed: str) -> str:
    return f"Worked out afresh, from the problem alone:\n{FENCE}python\n{code}\n{FENCE}{PRINTED}{printed}"


def read(text: str) -> tuple[str, str]:
    """Return the block and what it printed, from what the tool says; both are empty where there is none."""
    head, _, printed = text.partition(PRINTED)
    code = head.partition(f"{FENCE}python\n")[2].removesuffix(f"\n{FENCE}")
    return code, printed
