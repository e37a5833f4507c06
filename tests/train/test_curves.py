"""A recipe trains its stages; what they log is drawn: each when it has ended, and all of them together."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra k2")
pytest.importorskip("matplotlib", reason="drawing needs the extra train")

import torch

from farside.errors import FarsideError
from farside.train.curves import PANELS, draw, read_curve
from farside.train.dataset import joined, read_dataset
from farside.train.recipe import train
from tests.train.test_training import STAGE, stirred, tiny, written


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training of two stages."""
    folder = tmp_path_factory.mktemp("curves")
    (folder / "data" / "tiny").mkdir(parents=True)
    written(folder / "data" / "tiny")
    stages = (replace(STAGE, name="zuerst", tokens=3000), replace(STAGE, name="danach", tokens=2000))
    train(replace(tiny(), stages=stages), folder / "data", folder / "run")
    return folder / "run"


def told(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "farside.train.curves", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_stage_that_has_ended_has_its_picture(run: Path) -> None:
    for stage, other in (("zuerst", "danach"), ("danach", "zuerst")):
        drawn = (run / stage / "curves.svg").read_text()
        assert stage in drawn and other not in drawn
        assert all(panel.title in drawn for panel in PANELS)


def test_all_stages_stand_behind_each_other_in_their_order(run: Path, tmp_path: Path) -> None:
    for name in ("one.svg", "other.svg"):
        assert told(run, "--out", tmp_path / name).returncode == 0
    drawn = (tmp_path / "one.svg").read_text()
    assert 0 < drawn.index("zuerst") < drawn.index("danach")
    assert drawn == (tmp_path / "other.svg").read_text()


def test_the_size_of_an_update_is_logged(run: Path) -> None:
    """It is lr times what one learning rate for both optimizers asks for, about 0.2."""
    entries = [json.loads(line) for line in (run / "danach" / "log.jsonl").read_text().splitlines()]
    assert all(0.1 * entry["lr"] <= entry["update"] <= 0.3 * entry["lr"] for entry in entries)
    assert entries[-1]["update"] > 0


def test_of_steps_that_were_done_again_the_last_time_counts(tmp_path: Path) -> None:
    steps = [{"step": step, "tokens": 100 * step, "loss": loss} for step, loss in ((1, 5.0), (2, 4.0), (2, 3.0))]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(step) + "\n" for step in steps))
    curve = read_curve(tmp_path)
    assert (curve.tokens, curve.values["loss"]) == ([100, 200], [5.0, 3.0])
    draw(tmp_path / "c.svg", [curve])
    assert tmp_path.name in (tmp_path / "c.svg").read_text()


def test_a_line_that_is_no_entry_is_named(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"step": 1, "tokens": 5}\n{"step": 2, "tok')
    with pytest.raises(FarsideError, match=r"log\.jsonl has a line that is no entry of a log: ."):
        read_curve(tmp_path)


def test_a_folder_without_stages_is_refused(tmp_path: Path) -> None:
    done = told(tmp_path, "--out", tmp_path / "c.svg")
    assert done.returncode == 1 and "holds no stage of a training. name the folder" in done.stderr


def test_a_recipe_goes_on_from_given_weights_with_several_data(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / "data" / name).mkdir(parents=True)
        written(tmp_path / "data" / name, 5)
    torch.save(stirred().state_dict(), tmp_path / "first.pt")
    stage = replace(STAGE, data=("a", "b"), tokens=300, learning_rate=0.0)
    weights = train(replace(tiny(), stages=(stage,)), tmp_path / "data", tmp_path / "run", tmp_path / "first.pt")
    held = torch.load(weights, weights_only=True)
    assert all(torch.equal(held[name], tensor) for name, tensor in stirred().named_parameters())
    data = joined([read_dataset(tmp_path / "data" / name / "examples.safetensors") for name in "ab"])
    claimed = json.loads((tmp_path / "run" / "tiny" / "settings.json").read_text())
    assert len(data) == 10 and claimed["examples"] == data.digest()
