"""From the table to the answer: programs that the model writes, until two agree; then one sentence, checked."""

from __future__ import annotations

from dataclasses import dataclass

from farside.tools.inside.survey.asking import Asker, Refused, fenced
from farside.tools.inside.survey.programs import Rows, program, ran
from farside.tools.inside.survey.said import Ear, Said, backed, beyond, grounded

PROGRAMS, SENTENCES = 6, 2
FURTHER = 2
"""Programs more that may back what one of two that agree says beyond the other, or that an answer lacks."""
LONGEST = 2_000
"""Characters of an output that still is an answer, not a listing."""
PROGRAM_TIME, SENTENCE_TIME = 40.0, 15.0
"""Seconds that must be left to ask once more."""


@dataclass(frozen=True, slots=True)
class Computed:
    """What a program printed."""

    output: str
    agreed: bool
    """Whether another program printed all of it too."""


class Calculation:
    """Programs over one table, and what they printed."""

    def __init__(self, ask: Asker, rows: Rows) -> None:
        self._ask = ask
        self._rows = rows
        self._hear = Ear(rows)
        self._asked = 0
        self._outputs: list[str] = []
        self._heard: list[Said] = []

    @property
    def backed(self) -> list[str]:
        """Outputs that another program's output holds too, those first that say most; the same facts once."""
        facts = dict[Said, str]()
        for index in backed(self._heard):
            facts.setdefault(self._heard[index], self._outputs[index])
        return list(facts.values())

    @property
    def result(self) -> Computed | None:
        """The output of a program that works out the goal: one that another backs, else the richest."""
        if self.backed:
            return Computed(self.backed[0], agreed=True)
        richest = max(self._outputs, key=lambda output: len(self._hear(output).numbers), default="")
        return Computed(richest, agreed=False) if richest else None

    def settle(self) -> None:
        """Ask for programs until two agree, and for a few more that may back what one of them says beyond.

        Raises:
            Refused: the model does not answer, and nothing was printed before.
        """
        further = FURTHER
        while self._more():
            best = next(map(self._hear, self.backed), None)
            if best is not None and not (further and any(beyond(said, best) for said in self._heard)):
                break
            further -= best is not None

    def enrich(self) -> None:
        """Ask for a few programs more, which may say what those that agree have left out."""
        for _ in range(FURTHER):
            if not self._more():
                break

    def _more(self) -> bool:
        """Ask for one program and run it; return whether there was time and an answer."""
        if self._asked >= PROGRAMS or self._ask.left < PROGRAM_TIME:
            return False
        try:
            output = ran(program(self._ask, self._rows, self._asked), self._rows)
        except Refused:
            if self._outputs:
                return False  # what was printed before stays, as after the time is over
            raise
        self._asked += 1
        if output.strip() and len(output) <= LONGEST:
            self._outputs.append(output)
            self._heard.append(self._hear(output))
        return True


def sentence(ask: Asker, rows: Rows, output: str, files: int) -> str:
    """Return the model's answer in words if the output holds all it says, else "".

    `files` counts those of the folder, of which each row stands for one.

    Raises:
        Refused: the model does not answer.
    """
    hear = Ear(rows)
    for attempt in range(SENTENCES):
        if ask.left < SENTENCE_TIME:
            break
        values: dict[str, object] = {"count": len(rows), "files": files, "output": fenced(output)}
        words = ask("answer.md", values, max_tokens=100, temperature=0.5 if attempt else 0.0, seed=attempt)
        if grounded(words, output, hear):
            return " ".join(words.split())
    return ""
