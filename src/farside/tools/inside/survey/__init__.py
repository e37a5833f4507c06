"""The survey: what a small model is shown of the workspace before its first reply.

Where the folder holds many alike files and the goal is to work something out from all of them, a table is made of
them: the model reads a few, rules are learnt from what it read, and a program of its own works on the rows. Else the
files are listed, with the beginning of a real one of each shape.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from farside.tools.asking_for import asks_for_values
from farside.tools.inside.survey import listing
from farside.tools.inside.survey.asking import Ask, Asker, Refused
from farside.tools.inside.survey.folder import Folder, look
from farside.tools.inside.survey.records import SeveralRecords
from farside.tools.inside.survey.shapes import shapes
from farside.tools.inside.survey.table import Table, alike, answered, made, suits


def survey(goal: str, seconds: float, ask: Ask, namespace: dict[str, Any]) -> None:
    """Print what the folder holds, within `seconds`; a table that is made goes into the session as `rows`."""
    asker = Asker(ask, goal, time.monotonic() + seconds)
    folder = look(Path())
    table = _table(asker, folder) if asks_for_values(goal) else None
    if table is None:
        print(listing.described(folder))
        return
    namespace["rows"] = table.rows
    print(answered(asker, table))


def _table(ask: Asker, folder: Folder) -> Table | None:
    """Return the table where the folder suits one, else None."""
    texts = {name: text for name, text in folder.texts.items() if text.strip()}
    groups = alike(shapes(texts)) if suits(texts) else []
    if not groups:
        return None
    tabled = {name for group in groups for name in group}
    left_out = [name for name in (*folder.texts, *folder.left_out) if name not in tabled]
    try:
        return made(ask, [{name: texts[name] for name in group} for group in groups], left_out)
    except Refused as refusal:
        print(f"[no table was made: {refusal}]")
    except SeveralRecords:
        print("[no table was made: the files hold several records each]")
    return None
