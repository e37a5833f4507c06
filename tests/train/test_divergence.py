"""A training that breaks: it stops, says what to do, and what it kept goes on at a lower rate."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra k2")

import torch

from farside.errors import FarsideError
from farside.train.dataset import read_dataset
from farside.train.keeper import Keeper
from farside.train.state import State
from farside.train.trainer import Trainer
from farside.train.trend import Trend
from tests.train.test_training import STAGE, stirred, tiny, written

STEEP = """
import sys
from dataclasses import replace
from pathlib import Path
from farside.errors import FarsideError
from farside.train import keeper
from farside.train.dataset import read_dataset
from farside.train.trainer import Trainer
from tests.train.test_training import STAGE, tiny

keeper.SAVE_EVERY_S = 0
try:
    steep = replace(STAGE, learning_rate=float(sys.argv[3]))
    Trainer(tiny(), steep, read_dataset(Path(sys.argv[1])), Path(sys.argv[2]), None).train()
except FarsideError as error:
    sys.exit(f"{error}\\n{error.next_step}")
"""


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        (10.0, r"diverged at step \d: the loss has risen from [\d.]+ to [\d.]+\."),
        (1e8, r"diverged at step \d: the loss has risen from [\d.]+ to [\d.e+]+\."),
        (1e30, r"diverged at step \d: model\.\S+ is not finite\."),
        (1e39, r"diverged at step \d: its learning rate overflows\."),
    ],
)
def test_divergence_names_what_broke_and_what_was_kept_trains_on(rate: float, told: str, tmp_path: Path) -> None:
    data, run = written(tmp_path), tmp_path / "run"
    command: list[str | Path] = [sys.executable, "-c", STEEP, data, run, str(rate)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    *_, what, advice = done.stderr.splitlines()
    assert done.returncode == 1 and re.search(told, what), done.stderr
    assert not (run / "model.pt").exists() and f"--first {run / 'state.pt'} " in advice
    kept = torch.load(run / "state.pt", weights_only=True)["model"]
    assert all(float(weight.abs().max()) < 100 for weight in kept.values())
    Trainer(tiny(), STAGE, read_dataset(data), tmp_path / "again", run / "state.pt").train()
    losses = [json.loads(line)["loss"] for line in (tmp_path / "again" / "log.jsonl").read_text().splitlines()]
    assert losses[0] < 7 and losses[-1] < 5


@pytest.mark.parametrize("rate", [1.65, 1e20])
def test_what_the_last_step_did_is_looked_at_before_it_is_written(rate: float, tmp_path: Path) -> None:
    data, before = read_dataset(written(tmp_path)), tmp_path / "before.pt"
    torch.save(stirred().state_dict(), before)
    one = replace(STAGE, learning_rate=rate, warm=0.0, tokens=1)
    with pytest.raises(FarsideError, match="diverged at step 2") as told:
        Trainer(tiny(), one, data, tmp_path / "run", before).train()
    assert f"--first {before} " in told.value.next_step
    assert not (tmp_path / "run" / "model.pt").exists() and not (tmp_path / "run" / "state.pt").exists()


def trend(losses: list[float]) -> Trend:
    return list(accumulate(losses, Trend.after, initial=Trend()))[-1]


@pytest.mark.parametrize(
    ("losses", "diverged"),
    [
        ([11.3, 10.0, 6.0, 3.0], False),  # a stage whose data are of another kind than those before
        ([11.3, 11.9, 12.5, 9.0], False),
        ([2.0, 0.1, 0.1, 0.1, 0.1, 0.1, 20.0, 0.2, 0.1], False),  # a spike
        ([2.0, 0.1, 0.1, 0.1, 0.1, 0.1, 3.0, 3.0, 3.0, 3.0, 3.0], False),  # worse than it was, better than guessing
        ([2.0, 0.1, 0.1, 0.1, 0.1, 0.1, *[9.0] * 9], True),
        ([6.2, 6.2, 2.0, 1e14], True),
        ([], False),
    ],
)
def test_a_training_has_diverged_when_it_does_worse_than_guessing(losses: list[float], diverged: bool) -> None:
    assert trend(losses).has_diverged(1280) is diverged


def test_a_spike_is_told_from_what_is_ordinary() -> None:
    assert not Trend().is_spike(11.3, 1280)
    assert [trend([3.0, 3.0]).is_spike(loss, 1280) for loss in (2.0, 9.0, 11.0)] == [False, False, True]


@pytest.mark.parametrize(("step", "wanted"), [(0.5, 5), (9.0, 6), (25.0, 11), (29.0, 9)])
def test_a_kill_costs_a_minute_at_most(step: float, wanted: int, tmp_path: Path) -> None:
    state, path = State.of(stirred(), 0.0), tmp_path / "state.pt"
    keeper, complete, saves = Keeper(path, 0.0), 0.0, 0
    for number in range(round(300 / step)):
        began = number * step
        now = began + 0.7 * step  # when its gradients are there
        assert now - complete <= 60
        keeper.keep(state, began, now)
        if path.exists():
            complete, saves = began, saves + 1
            path.unlink()
    assert saves == wanted
