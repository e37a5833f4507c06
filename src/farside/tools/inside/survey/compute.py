"""From the table to the answer: programs that the model writes, until two agree; then one sentence, checked."""

from __future__ import annotations

from dataclasses import dataclass

from farside.tools.inside.survey.asking import Asker, Refused, fenced
from farside.tools.inside.survey.programs import Rows, program, ran
from farside.tools.inside.survey.said import Ear, Said, agreed, beyond, grounded

PROGRAMS, SENTENCES = 6, 3
FURTHER = 2
"""Programs more that may back what one of two that agree says beyond the other."""
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


def computed(ask: Asker, rows: Rows) -> Computed | None:
    """Return the output of a program that works out the goal: one that another backs, else the richest, if one ran.

    Raises:
        Refused: the model does not answer, and nothing was printed before.
    """
    hear, outputs, heard, further = Ear(rows), list[str](), list[Said](), FURTHER
    for attempt in range(PROGRAMS):
        if ask.left < PROGRAM_TIME:
            break
        try:
            output = ran(program(ask, rows, attempt), rows)
        except Refused:
            if outputs:
                break  # what was printed before stays, as after the time is over
            raise
        if not output.strip() or len(output) > LONGEST:
            continue
        outputs.append(output)
        heard.append(hear(output))
        best = agreed(heard)
        if best is not None and not (further and any(beyond(said, heard[best]) for said in heard)):
            break
        further -= best is not None
    best = agreed(heard)
    if best is not None:
        return Computed(outputs[best], agreed=True)
    richest = max(outputs, key=lambda output: len(hear(output).numbers), default="")
    return Computed(richest, agreed=False) if richest else None


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
