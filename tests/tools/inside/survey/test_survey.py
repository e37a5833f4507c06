"""The survey end to end: a real sandbox over real files, with a model that reads without a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.tools.base import Outcome
from tests.tools.boxes import Box, open_box
from tests.tools.inside.survey.folders import GOAL, LAYOUTS, Folder, Model, drawn


def surveyed(tmp_path: Path, folder: Folder, model: Model) -> tuple[Box, Outcome]:
    box = open_box(tmp_path, consult=model)
    folder.write(box.workspace)
    return box, box.call("survey", goal=GOAL, timeout=240)


@pytest.mark.parametrize("layouts", [LAYOUTS[:1], LAYOUTS[2:4], LAYOUTS[4:7]], ids="-".join)
def test_many_alike_files_become_rows_and_an_answer(tmp_path: Path, layouts: list[str]) -> None:
    folder = drawn(7, layouts)
    model = Model(folder)
    box, outcome = surveyed(tmp_path, folder, model)
    assert outcome.ok, outcome.text
    assert outcome.text.splitlines()[-1] == f"Answer: {folder.answer}"
    assert len(model.read) < 7 * len(layouts)
    rows = [{"file": name, **values} for name, values in folder.truth.items()]
    assert box.python(f"rows == {rows!r}").text == "True"
    box.toolbox.close()
