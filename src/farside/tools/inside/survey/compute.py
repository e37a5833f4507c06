"""From the table to the answer: programs that the model writes, until two agree; then one sentence, checked."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from farside.tools.figures import Value, clauses, numbers
from farside.tools.inside.survey.asking import Asker, fenced
from farside.tools.inside.survey.profile import profile

PROGRAMS, SENTENCES = 6, 3
PROGRAM_SECONDS = 20.0
LONGEST = 2_000
"""Characters of an output that still is an answer, not a listing."""
PROGRAM_TIME, SENTENCE_TIME = 40.0, 15.0
"""Seconds that must be left to ask once more."""
BLOCK = re.compile(r"```(?:python|py)?[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL)
PREAMBLE = "import json, sys\nfrom collections import *\nrows = json.load(sys.stdin)\n"

Table = Sequence[Mapping[str, Value]]


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says of a table: its numbers, and which texts of the table it names."""

    numbers: frozenset[float]
    names: frozenset[str]

    def __le__(self, other: Said) -> bool:
        """Tell whether the other says all of this."""
        return self.numbers <= other.numbers and self.names <= other.names


class Ear:
    """Hears what a text says of one table."""

    def __init__(self, table: Table) -> None:
        self._texts = {value for row in table for value in row.values() if isinstance(value, str)}

    def __call__(self, text: str) -> Said:
        """Return what the text says."""
        named = frozenset(value for value in self._texts if value in text)
        return Said(frozenset(round(number, 2) for number in numbers(text)), named)


def computed(ask: Asker, table: Table) -> str:
    """Return the output of a program that works out the goal: of two that agree, else the richest; "" if none ran.

    Raises:
        Refused: the model does not answer.
    """
    hear, outputs = Ear(table), list[str]()
    for attempt in range(PROGRAMS):
        if ask.left < PROGRAM_TIME:
            break
        output = ran(program(ask, table, attempt), table)
        if not output.strip() or len(output) > LONGEST:
            continue
        agreeing = [other for other in outputs if agree(hear(other), hear(output))]
        if agreeing:
            return richest([*agreeing, output], hear)
        outputs.append(output)
    return richest(outputs, hear) if outputs else ""


def program(ask: Asker, table: Table, attempt: int) -> str:
    """Return code that the model writes over `rows`."""
    values: dict[str, object] = {"count": len(table), "profile": profile(table)}
    temperature = 0.7 if attempt else 0.0
    reply = ask("compute.md", values, max_tokens=260, stop="\n```\n", temperature=temperature, seed=attempt)
    block = BLOCK.search(reply)
    return block[1] if block else reply


def ran(code: str, table: Table) -> str:
    """Return what a program prints, "" when it fails. It runs in a process of its own: it may hang or exit."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", PREAMBLE + code],
            input=json.dumps(list(map(dict, table))),
            capture_output=True,
            text=True,
            timeout=PROGRAM_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return ""
    return "" if done.returncode else done.stdout


def agree(one: Said, other: Said) -> bool:
    """Tell whether two outputs say the same, one of them perhaps more numbers."""
    nested = one.numbers <= other.numbers or other.numbers <= one.numbers
    return nested and one.names == other.names


def richest(outputs: Sequence[str], hear: Ear) -> str:
    """Return the output with the most numbers."""
    return max(outputs, key=lambda output: len(hear(output).numbers))


def sentence(ask: Asker, table: Table, output: str) -> str:
    """Return the model's answer in words if the output holds all it says, else "".

    Raises:
        Refused: the model does not answer.
    """
    hear = Ear(table)
    for attempt in range(SENTENCES):
        if ask.left < SENTENCE_TIME:
            break
        values: dict[str, object] = {"count": len(table), "output": fenced(output)}
        words = ask("answer.md", values, max_tokens=100, temperature=0.5 if attempt else 0.0, seed=attempt)
        if grounded(words, output, hear):
            return " ".join(words.split())
    return ""


def grounded(words: str, output: str, hear: Ear) -> bool:
    """Tell whether all that is said stands in the output, and what one clause couples, on one line of it."""
    lines = [hear(line) for line in output.splitlines()]
    couples = [said for said in map(hear, clauses(words)) if said.numbers and said.names]
    return hear(words) <= hear(output) and all(any(said <= line for line in lines) for said in couples)
