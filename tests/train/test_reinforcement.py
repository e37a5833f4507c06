"""The settings of a reinforcement, and those that make no sense."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from farside.errors import FarsideError
from farside.train.reinforcement import Reinforcement, read_reinforcement
from farside.train.tasks import task

SMALL = replace(
    read_reinforcement(), steps=2, tasks=1, rollouts=2, updates=2, most_steps=3, tokens_first=6, tokens_step=2,
    ptx_tokens=60, learning_rate=1e-2, warm=0.0, families=("notes",),
)  # fmt: skip


def stage_file(stage: Reinforcement) -> str:
    values = {name: getattr(stage, name) for name in Reinforcement.__slots__}
    return "\n".join(f"{name} = {json.dumps(value)}" for name, value in values.items())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("rollouts = 1", "rollouts is below 2"),
        ("tau = 0.0", "tau is not above 0"),
        ('families = ["poems"]', "there is no family poems; there are bills, "),
        ("families = []", "no families are named"),
        ("hottest = nan", "a temperature is not above 0"),
        ('steps = "many"', "steps: Input should be a valid integer"),
        ("tau", "Expected '=' after a key"),
    ],
)
def test_settings_that_make_no_sense_are_refused(line: str, told: str, tmp_path: Path) -> None:
    path, name = tmp_path / "r.toml", line.partition(" ")[0]
    others = [each for each in stage_file(SMALL).splitlines() if each.partition(" ")[0] != name]
    path.write_text("\n".join([*others, line]))
    with pytest.raises(FarsideError, match=told) as refused:
        read_reinforcement(path)
    assert str(refused.value).startswith(f"{path} describes no reinforcement: ")


def test_the_settings_that_ship_are_read() -> None:
    stage = read_reinforcement()
    assert stage.most_steps <= 20 and stage.hottest > stage.coolest and math.isfinite(stage.tau)
    assert stage.budget(task("notes", 1, "train", 5)) == stage.tokens_first + 5 * stage.tokens_step
