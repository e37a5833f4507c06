"""The table way: when it suits, how its rows are made, and what is printed of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from farside.prompts import render
from farside.tools.base import ANSWER, LEFT_OUT
from farside.tools.figures import Value
from farside.tools.inside.survey.asking import Asker, Refused
from farside.tools.inside.survey.compute import Calculation, Computed, sentence
from farside.tools.inside.survey.profile import FILE, profile
from farside.tools.inside.survey.readings import Columns, Reader, columns
from farside.tools.inside.survey.records import SeveralRecords, are_items, are_lists
from farside.tools.inside.survey.second_look import look_again
from farside.tools.inside.survey.tabulate import Guess, Row, Study, fill, guessed

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
"""Share of the files of the shapes that must have a row."""
MOST_NAMED = 10
"""Files that are named of those that are left out."""
MOST_SAID = 800
"""Characters of an answer that is an output."""


@dataclass(frozen=True, slots=True)
class Table:
    """One row a file, and what is not known."""

    rows: list[dict[str, Value]]
    missing: list[str]
    """Files without a row."""
    kinds: int
    """How many shapes the files have."""
    doubtful: list[str]
    """Columns whose values may be wrong in some files."""


def suits(texts: Mapping[str, str]) -> bool:
    """Tell whether there are many texts of which each can be read at once."""
    return len(texts) >= LEAST_FILES and all(len(text) <= LONGEST for text in texts.values())


def alike(groups: Sequence[list[str]]) -> list[list[str]]:
    """Return the groups of alike files that hold enough of all files, none where too few files are alike."""
    large = [group for group in groups if len(group) >= LEAST_ALIKE]
    return large if sum(map(len, large)) >= ALIKE_SHARE * sum(map(len, groups)) else []


def made(ask: Asker, shapes: Sequence[Mapping[str, str]], left_out: Sequence[str]) -> Table | None:
    """Return the rows of texts in shapes, or None where too little was found; `left_out` names files beside them.

    Raises:
        Refused: the model does not answer.
        SeveralRecords: one row a file would not do.
    """
    if any(map(are_lists, shapes)):
        raise SeveralRecords
    wanted = columns(ask, sum(map(len, shapes)))
    return tabulated(ask, shapes, wanted, left_out) if wanted else None


def tabulated(
    ask: Asker, shapes: Sequence[Mapping[str, str]], wanted: Columns, left_out: Sequence[str]
) -> Table | None:
    """Return the rows with these columns, or None where too few files have all values.

    Raises:
        Refused: the model does not answer.
        SeveralRecords: one row a file would not do.
    """
    began, left = time.monotonic(), ask.left
    studies = [Study(texts, wanted) for texts in shapes]
    for number, study in enumerate(studies):
        now = time.monotonic()
        until = now + (began + left * READ_SHARE - now) / (len(studies) - number)
        study.go(Reader(ask, wanted, study.texts), until)
    look_again(ask, studies, wanted)
    guess, until = guessed(studies, wanted), began + left * FILL_SHARE
    if any(are_items(texts, guess.rows) for texts in shapes):
        raise SeveralRecords
    kept = within_reach(guess.rows, wanted, until - time.monotonic())
    if not kept:
        return None
    found, doubtful = completed(ask, guess, studies, kept, until)
    whole = {name: row for name, row in sorted(found.items()) if None not in row.values()}
    if len(whole) < LEAST_ROWS * len(found):
        return None
    rows = [{**{c: v for c, v in row.items() if v is not None}, FILE: name} for name, row in whole.items()]
    return Table(rows, sorted({*found.keys() - whole.keys(), *left_out}), len(shapes), doubtful)


def within_reach(found: Mapping[str, Row], wanted: Columns, seconds: float) -> Columns:
    """Return the columns that hold values for enough files, or will once what can be read in time is read.

    One that does not is left out where another of its kind is left: the model also names columns that nothing needs.
    Else none is returned, as no table comes of it.
    """
    room = max((1 - LEAST_ROWS) * len(found), seconds / READING_TIME)
    near = {c: kind for c, kind in wanted.items() if sum(row[c] is None for row in found.values()) <= room}
    return near if set(near.values()) == set(wanted.values()) else {}


def completed(
    ask: Asker, guess: Guess, studies: Sequence[Study], kept: Columns, until: float
) -> tuple[dict[str, Row], list[str]]:
    """Read what no rule finds or rules differ on; return the rows with the kept columns, and columns in doubt.

    What is differed on and was not reached in time is as guessed, and in doubt.

    Raises:
        Refused: the model does not answer.
    """
    found = {
        name: {c: None if name in guess.contested[c] else row[c] for c in kept} for name, row in guess.rows.items()
    }
    for study in studies:
        fill(found, study, Reader(ask, kept, study.texts), until)
    blind = {name for study in studies for name in study.unread}
    doubtful = {column for column in kept if column in guess.unclear}
    for column in kept:
        for name in guess.contested[column] - blind:
            if found[name][column] is None:
                found[name][column] = guess.rows[name][column]
                doubtful.add(column)
    return found, sorted(doubtful)


def answered(ask: Asker, table: Table) -> str:
    """Work out the goal from the table; return what the survey prints of all this."""
    further = render(__package__, "next.md")
    work = Calculation(ask, table.rows)
    try:
        work.settle()
    except Refused as refusal:
        return printed(table, [], f"[no program was written: {refusal}]")
    made = work.result
    if made is None:
        return printed(table, [], further)
    if table.doubtful:
        doubt = render(__package__, "doubt.md", columns=", ".join(table.doubtful))
        return printed(table, [worked_out(table, made), doubt], further)
    if not made.agreed:
        return printed(table, [worked_out(table, made)], further)
    made, words = in_words(ask, table, work)
    return printed(table, [worked_out(table, made)], ANSWER + words)


def worked_out(table: Table, made: Computed) -> str:
    """Return what is said of a program's output."""
    prompt = "agreed.md" if made.agreed else "alone.md"
    return render(__package__, prompt, count=len(table.rows), output=made.output.rstrip())


def in_words(ask: Asker, table: Table, work: Calculation) -> tuple[Computed, str]:
    """Return an output that two programs agree on, with a sentence that says what it does.

    Where the model has no such sentence, the output may lack what the goal asks for: a few programs more are asked
    for, and what they agree on is tried. Else the output stands for the sentence.
    """
    files, tried = len(table.rows) + len(table.missing), list[str]()
    try:
        while left := [output for output in work.backed if output not in tried]:
            tried.append(left[0])
            if words := sentence(ask, table.rows, left[0], files):
                return Computed(left[0], agreed=True), words
            if len(tried) == 1:
                work.enrich()
    except Refused:
        pass  # what two programs agree on is an answer without a sentence, too
    return Computed(tried[0], agreed=True), bounded(" ".join(tried[0].split()))


def printed(table: Table, parts: Sequence[str], last: str) -> str:
    """Return what `rows` holds, the parts, what is left out, and the last line."""
    shapes = f"{table.kinds} kinds of files" if table.kinds > 1 else "files of one kind"
    heading = f"`rows` is a list of {len(table.rows)} dicts, read from {shapes}:\n{profile(table.rows)}"
    return "\n\n".join([heading, *parts, "\n".join([*left_out(table), last])])


def left_out(table: Table) -> list[str]:
    """Return a line on the files that have no row, none where all have one."""
    missing = table.missing
    if not missing:
        return []
    files = len(table.rows) + len(missing)
    more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
    return [f"{LEFT_OUT}{len(missing)} of {files} files have no values: {', '.join(missing[:MOST_NAMED])}{more}"]


def bounded(text: str) -> str:
    """Return as much of a text as an answer may have."""
    return text if len(text) <= MOST_SAID else text[: MOST_SAID - 6].rpartition(" ")[0] + " [...]"
