"""A training on two processes, as torchrun starts them, is the training of one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="training needs the extra k2")

import torch

from farside.train.dataset import read_dataset
from farside.train.order import passes
from farside.train.trainer import Trainer
from tests.train.test_training import STAGE, tiny, written

SHORT = replace(STAGE, tokens=3000)
ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from pathlib import Path
from farside.train import keeper, processes
from farside.train.dataset import read_dataset
from farside.train.trainer import Trainer
from tests.train.test_processes import SHORT
from tests.train.test_training import tiny

keeper.SAVE_EVERY_S = 0
processes.join()
Trainer(tiny(), SHORT, read_dataset(Path(sys.argv[1])), Path(sys.argv[2]), None).train()
processes.leave()
"""


def two(script: Path, data: Path, run: Path) -> subprocess.Popen[bytes]:
    """Train on two processes."""
    started = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [*started, script, data, run], env=environment, start_new_session=True, stderr=subprocess.PIPE
    )


def log_of(run: Path) -> dict[int, dict[str, Any]]:
    return {entry["step"]: entry for entry in map(json.loads, (run / "log.jsonl").read_text().splitlines())}


def test_two_processes_that_are_killed_go_on_and_lose_what_one_does(tmp_path: Path) -> None:
    data, script, log = written(tmp_path), tmp_path / "script.py", tmp_path / "two" / "log.jsonl"
    script.write_text(SCRIPT)
    cut = two(script, data, tmp_path / "two")
    whole = Trainer(tiny(), SHORT, read_dataset(data), tmp_path / "one", None).train()
    while cut.poll() is None and not (log.exists() and log.read_text().count("\n") > 2):
        time.sleep(0.01)
    os.killpg(cut.pid, signal.SIGKILL)
    assert cut.communicate() and cut.returncode == -signal.SIGKILL
    rest = two(script, data, tmp_path / "two")
    _, said = rest.communicate()
    assert rest.returncode == 0, said.decode()
    one, other = log_of(tmp_path / "one"), log_of(tmp_path / "two")
    assert [entry["tokens"] for entry in one.values()] == [entry["tokens"] for entry in other.values()]
    for step, entry in one.items():
        assert other[step]["loss"] == pytest.approx(entry["loss"], rel=2e-3)
        assert other[step]["busiest_expert"] == pytest.approx(entry["busiest_expert"], rel=0.1)
    held, theirs = (torch.load(path, weights_only=True) for path in (whole, tmp_path / "two" / "model.pt"))
    assert {name: weight.shape for name, weight in held.items()} == {name: w.shape for name, w in theirs.items()}


def test_each_example_is_run_by_one_process_and_all_run_as_often() -> None:
    lengths = [10, 20, 30, 99, 5, 40, 7]
    for count in (1, 2, 3, 9):
        each = [passes(lengths, 45, rank, count) for rank in range(count)]
        assert len(set(map(len, each))) == 1
        assert sorted(index for mine in each for part in mine for index in part) == list(range(7))
