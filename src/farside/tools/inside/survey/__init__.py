"""The survey: what a small model is shown of the workspace before its first reply.

Where the folder holds many alike files and the goal is to work something out from all of them, a table is made of
them: the model reads a few, rules are learnt from what it read, and a program of its own works on the rows. Else the
files are listed, with the beginning of a real one of each shape.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from farside.tools.inside.survey import listing
from farside.tools.inside.survey.asking import Ask, Asker, Refused
from farside.tools.inside.survey.folder import texts
from farside.tools.inside.survey.goal import asks_for_values
from farside.tools.inside.survey.shapes import shapes
from farside.tools.inside.survey.table import Table, answered, made, suits


def survey(goal: str, seconds: float, ask: Ask, namespace: dict[str, Any]) -> None:
    """Print what the folder holds, within `seconds`; a table that is made goes into the session as `rows`."""
    asker = Asker(ask, goal, time.monotonic() + seconds)
    found = texts(Path())
    groups = shapes({name: text for name, text in found.items() if text.strip()})
    table = _table(asker, found, groups)
    if table is None:
        print(listing.described(found, groups))
        return
    namespace["rows"] = table.rows
    print(answered(asker, table))


def _table(ask: Asker, found: Mapping[str, str], groups: list[list[str]]) -> Table | None:
    """Return the table where the folder and the goal suit one, else None."""
    if not suits(found, groups) or not asks_for_values(ask.goal):
        return None
    try:
        return made(ask, [{name: found[name] for name in group} for group in groups])
    except Refused as refusal:
        print(f"[no table was made: {refusal}]")
        return None
