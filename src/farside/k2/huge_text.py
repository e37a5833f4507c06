"""How the reference tokenizer cuts huge texts before it encodes them: the cuts change ids, so they are copied.

It cuts every 400,000 characters, and within such a part at every 25,000 characters of a run that is all
white space or all not. Positions count from the start of one text between two control tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

PART = 400_000
RUN = 25_000
LONG_RUN = re.compile(rf"(?<!\s)\s{{{RUN + 1},}}|(?<!\S)\S{{{RUN + 1},}}")
"""Looked for where runs begin alone: anywhere else it would be quadratic."""


def parts(text: str) -> Iterator[str]:
    """Yield the parts that are encoded on their own; together they are the text."""
    for start in range(0, len(text), PART):
        yield from _without_long_runs(text[start : start + PART])


def _without_long_runs(text: str) -> Iterator[str]:
    start = 0
    if len(text) > RUN:
        for run in LONG_RUN.finditer(text):
            for cut in range(run.start() + RUN, run.end(), RUN):
                yield text[start:cut]
                start = cut
    yield text[start:]
