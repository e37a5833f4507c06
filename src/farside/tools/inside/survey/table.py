"""The table way: when it suits, how its rows are made, and what is printed of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from farside.tools.base import ANSWER
from farside.tools.figures import Value
from farside.tools.inside.survey.asking import Asker, Refused
from farside.tools.inside.survey.compute import computed, sentence
from farside.tools.inside.survey.profile import profile
from farside.tools.inside.survey.readings import Columns, Reader, columns
from farside.tools.inside.survey.tabulate import Row, Study, fill, rows

LEAST_FILES, LEAST_ALIKE = 8, 4
ALIKE_SHARE = 0.8
"""Share of the files that must have LEAST_ALIKE of their shape."""
LONGEST = 6_000
"""Characters of a file that the model reads at once."""
READ_SHARE = 0.65
"""Share of the time after which no more files are read for rules; a little more for those that no rule fills."""
FILL_SHARE = 0.7
READING_TIME = 7.0
"""Seconds that the model takes for one file, on two cores."""
LEAST_ROWS = 0.8
"""Share of the files that must have a row."""


@dataclass(frozen=True, slots=True)
class Table:
    """One row a file."""

    rows: list[dict[str, Value]]
    missing: list[str]
    """Files whose values were not found."""
    kinds: int
    """How many shapes the files have."""


def suits(found: Mapping[str, str], groups: Sequence[Sequence[str]]) -> bool:
    """Tell whether a folder holds many alike files of which each can be read at once."""
    alike = sum(len(group) for group in groups if len(group) >= LEAST_ALIKE)
    short = all(len(text) <= LONGEST for text in found.values())
    return len(found) >= LEAST_FILES and short and alike >= ALIKE_SHARE * len(found)


def made(ask: Asker, shapes: Sequence[Mapping[str, str]]) -> Table | None:
    """Return the table of texts in shapes, or None where too little was found.

    Raises:
        Refused: the model does not answer.
    """
    wanted = columns(ask, sum(map(len, shapes)))
    return tabulated(ask, shapes, wanted) if wanted else None


def tabulated(ask: Asker, shapes: Sequence[Mapping[str, str]], wanted: Columns) -> Table | None:
    """Return the table with these columns, or None where too few files have all values.

    Raises:
        Refused: the model does not answer.
    """
    began, left = time.monotonic(), ask.left
    readers = [Reader(ask, wanted, texts) for texts in shapes]
    studies = [Study(texts, wanted) for texts in shapes]
    for number, (study, read) in enumerate(zip(studies, readers, strict=True)):
        now = time.monotonic()
        study.go(read, now + (began + left * READ_SHARE - now) / (len(studies) - number))
    found, until = rows(studies, wanted), began + left * FILL_SHARE
    kept = within_reach(found, wanted, until - time.monotonic())
    found = {name: {column: row[column] for column in kept} for name, row in found.items()}
    for study in studies if kept else []:
        fill(found, study, Reader(ask, kept, study.texts), until)
    whole = {name: row for name, row in sorted(found.items()) if kept and None not in row.values()}
    if len(whole) < LEAST_ROWS * len(found):
        return None
    complete = [{"file": name, **{c: v for c, v in row.items() if v is not None}} for name, row in whole.items()]
    return Table(complete, sorted(found.keys() - whole.keys()), len(shapes))


def within_reach(found: Mapping[str, Row], wanted: Columns, seconds: float) -> Columns:
    """Return the columns that hold values for enough files, or will once what can be read in time is read.

    One that does not is left out where another of its kind is left: the model also names columns that nothing needs.
    Else none is returned, as no table comes of it.
    """
    room = max((1 - LEAST_ROWS) * len(found), seconds / READING_TIME)
    near = {c: kind for c, kind in wanted.items() if sum(row[c] is None for row in found.values()) <= room}
    return near if set(near.values()) == set(wanted.values()) else {}


def answered(ask: Asker, table: Table) -> str:
    """Work out the goal from the table; return what the survey prints of all this."""
    try:
        output = computed(ask, table.rows)
        answer = sentence(ask, table.rows, output) if output else ""
    except Refused as refusal:
        return f"{heading(table)}\n[no program was written: {refusal}]"
    if not output:
        return f"{heading(table)}\n\n{NEXT}"
    worked_out = f"A program worked this out from all {len(table.rows)} rows:\n{output.rstrip()}"
    return f"{heading(table)}\n\n{worked_out}\n\n{ANSWER}{answer or ' '.join(output.split())}"


def heading(table: Table) -> str:
    """Return what `rows` holds."""
    shapes = f"{table.kinds} kinds of files" if table.kinds > 1 else "files of one kind"
    lacking = f"\nWithout: {', '.join(table.missing[:10])} (values not found)." if table.missing else ""
    return f"`rows` is a list of {len(table.rows)} dicts, read from {shapes}:\n{profile(table.rows)}{lacking}"


NEXT = "Work on from `rows` in a Python block; the files need not be opened again."
