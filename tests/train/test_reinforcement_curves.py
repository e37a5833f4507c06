"""What a reinforcement logs is drawn; the command that draws the stages of a run knows it by its log."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="training needs the extra k2")
pytest.importorskip("matplotlib", reason="drawing needs the extra train")

from farside.train.reinforcement_curves import BY_FAMILY, PANELS, means, rewards_by_family

VALUES = ("loss", "ptx", "log_ratio", "temperature", "largest_logit", "busiest_expert", "share_right", "share_cut")


def step(number: int, **rewards: float) -> dict[str, Any]:
    told = {key: 0.1 * number + place for place, key in enumerate(VALUES)}
    mean = sum(rewards.values()) / len(rewards)
    return {"step": number, "tokens": 100 * number, "reward": mean, "rewards": rewards, **told}


def written(folder: Path, *steps: dict[str, Any]) -> Path:
    folder.mkdir()
    (folder / "log.jsonl").write_text("".join(json.dumps(each) + "\n" for each in steps))
    return folder


def told(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "farside.train.curves", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_reinforcement_is_drawn_with_all_that_it_logs(tmp_path: Path) -> None:
    again = step(2, notes=0.5, bills=1.0)
    run = written(tmp_path / "run", step(1, notes=0.5), step(2, roots=-0.5), again, step(3, bills=0.0))
    once = written(tmp_path / "once", step(1, notes=0.5), again, step(3, bills=0.0))
    for folder in (run, once):
        done = told(folder, "--out", folder / "c.svg")
        assert done.returncode == 0, done.stderr
    drawn = (run / "c.svg").read_text()
    titles = [BY_FAMILY, *(panel.title for panel in PANELS)]
    assert [text for text in (*titles, "notes", "bills", "right", "cut off") if f">{text}</text>" not in drawn] == []
    assert "roots" not in drawn and drawn == (once / "c.svg").read_text()


def test_a_reinforcement_that_has_done_no_step_is_not_drawn(tmp_path: Path) -> None:
    done = told(written(tmp_path / "run"), "--out", tmp_path / "c.svg")
    assert done.returncode == 1 and "holds no stage of a training" in done.stderr
    assert not (tmp_path / "c.svg").exists()


def test_a_family_is_drawn_where_a_step_had_it() -> None:
    log = [step(1, notes=0.5), step(2, bills=1.0), step(3, notes=0.0, bills=0.5), step(4, notes=1.0)]
    found = rewards_by_family(log)
    assert {name: means([1, 2, 3, 4], values, 2) for name, values in found.items()} == {
        "bills": [(2, 1.0), (3, 0.5)],
        "notes": [(1, 0.5), (3.5, 0.5)],
    }
    assert means([1, 2], [math.nan, math.nan], 1) == []


def test_a_reinforcement_that_cannot_be_drawn_does_not_begin(tmp_path: Path) -> None:
    code = "import sys; sys.modules['matplotlib'] = None; from farside.train.reinforce import main; main()"
    options = ("--model", "w.pt", "--data", "d", "--run", "run")
    done = subprocess.run(
        [sys.executable, "-c", code, *options], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.partition(" pip")[0]) == (1, "Drawing needs matplotlib, which is not here.")
    assert not list(tmp_path.iterdir())
