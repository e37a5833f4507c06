"""What a stage logged: the file in its folder, a line for each step."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from farside.errors import FarsideError

LOG, CURVES = "log.jsonl", "curves.svg"
"""In the folder of a stage: its log, and the picture of it."""

Entry = dict[str, Any]
"""A step: `step`, `tokens` so far, and whatever else its stage tells."""


def entries(folder: Path) -> list[Entry]:
    """Read the log of a stage, step by step; of steps that were done again after a kill the last time counts.

    Raises:
        FarsideError: there is no log, or a line is none of it.
    """
    try:
        lines = (folder / LOG).read_text().splitlines()
    except OSError as error:
        raise FarsideError(f"{folder / LOG} cannot be read: {error.strerror}.", "name the folder of a run") from None
    steps = {entry["step"]: entry for entry in (_entry(folder / LOG, line) for line in lines)}
    return [steps[step] for step in sorted(steps)]


def value(entry: Entry, key: str) -> float:
    """Return a value of a step; NaN where its stage does not tell it."""
    held = entry.get(key)
    return float(held) if isinstance(held, (int, float)) else math.nan


def _entry(path: Path, line: str) -> Entry:
    try:
        match json.loads(line):
            case {"step": int(), "tokens": int()} as entry:
                return dict(entry)
    except ValueError:
        pass
    raise FarsideError(f"{path} has a line that is no entry of a log: {line[:60]}", "remove the line")
