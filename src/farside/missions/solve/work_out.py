"""The tool with which a small model's run opens: programs are written for the problem until two give the same.

One program is what such a model writes well, and it does not see its own mistakes. So each is asked for with the
problem alone, in another form and with another seed, and runs alone in a fresh session.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from farside.agent.code_dialect import python_in
from farside.agent.mission import Place
from farside.errors import FarsideError
from farside.missions.beforehand import Tries
from farside.missions.solve.fresh import fresh
from farside.missions.solve.programs import Program, agreed, told
from farside.missions.solve.values import numbers
from farside.prompts import render
from farside.tools.base import ANSWER, Outcome, Question

PROGRAMS = 8
"""Programs that are asked for at most."""
SECONDS = 60
"""What one may run."""
TOKENS = 1_024
MOST_FILES = 40
WARMTH = 0.6
"""Temperature of all but the first."""
FORMS = ("program_values.md", "program_function.md")
"""What is asked of their form, in turn: another form makes other mistakes."""


@dataclass(frozen=True, slots=True)
class WorkOut:
    """Implements the tool `work_out`. The same question has the same answer over a run: a resume asks nothing."""

    place: Place

    def __call__(self, problem: str, timeout: float) -> Outcome:
        """Ask for programs and run them, for about `timeout` seconds, until two print the same result.

        Nothing is asked where the folder holds files: the model has to see them first.
        """
        if there := sorted(path.name for path in Path(self.place.settings.workspace).iterdir())[:MOST_FILES]:
            return Outcome(render(__package__, "files.md", files="\n".join(there)))
        tries = Tries(timeout)
        programs: list[Program] = []
        for number in range(PROGRAMS):
            if agreed(programs, problem) or not tries.another():
                break
            try:
                programs += self._program(problem, number)
            except FarsideError as error:
                if not programs:
                    return Outcome(f"The problem could not be worked out beforehand: {error}")
                break
        return Outcome(_said(programs, problem))

    def _program(self, problem: str, number: int) -> list[Program]:
        """Return what was written and ran to a number; nothing where it did not."""
        code = self._asked(problem, number)
        with fresh(self.place) as session:
            outcome = session.run(code, SECONDS)
        program = Program(code, outcome.text.strip("\n"))
        return [program] if outcome.ok and numbers(outcome.text) and program.is_short else []

    def _asked(self, problem: str, number: int) -> str:
        form = render(__package__, FORMS[number % len(FORMS)])
        text = render(__package__, "program.md", problem=problem, form=form)
        seed = 1_000 * (self.place.settings.seed or 0) + number
        warmth = WARMTH if number else 0.0
        answer = self.place.host.consult(
            Question(text, render(__package__, "afresh_system.md"), "", TOKENS, warmth, seed)
        )
        return python_in(answer)


def _said(programs: list[Program], problem: str) -> str:
    if pair := agreed(programs, problem):
        line = next(line for line in reversed(pair[0].printed.splitlines()) if numbers(line))
        return f"{render(__package__, 'agreed.md', programs=told(pair))}\n{ANSWER}{line.strip()}"
    if programs:
        return render(__package__, "not_agreed.md", programs=told(programs[:2]))
    return render(__package__, "none_ran.md")
