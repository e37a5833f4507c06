"""A recipe on two processes, as torchrun starts them, is that of one; what knows of one alone refuses more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="training needs the extra k2")

import torch

from farside.train.order import passes
from tests.train.as_toml import as_toml
from tests.train.test_training import STAGE, tiny, written

SHORT = replace(STAGE, tokens=3000)
RECIPE = "farside.train.recipe"
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
"""Behind it stands `--`: else Python 3.11 takes the recipe's --run for a short form of torchrun's --run-path."""
KILLED = """
import os, signal, sys, threading, time
from pathlib import Path
from farside.train import keeper
from farside.train.recipe import main

def fall():
    log = Path(sys.argv[-1], "tiny", "log.jsonl")
    while not (log.exists() and log.read_text().count("\\n") > 2):
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)

keeper.SAVE_EVERY_S = 0
threading.Thread(target=fall, daemon=True).start()
main()
"""
"""Each process kills itself: what torchrun started lives on where torchrun alone is killed."""


@pytest.fixture
def options(tmp_path: Path) -> list[str | Path]:
    """What the recipe is given, but for --run: a stage of ten steps."""
    pytest.importorskip("matplotlib", reason="drawing needs the extra train")
    (tmp_path / "data" / "tiny").mkdir(parents=True)
    written(tmp_path / "data" / "tiny")
    (tmp_path / "s.toml").write_text(as_toml(replace(tiny(), stages=(SHORT,))))
    return ["--config", tmp_path / "s.toml", "--data", tmp_path / "data"]


def started(*command: str | Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, *command], env=environment, stderr=subprocess.PIPE)


def check_ended(process: subprocess.Popen[bytes]) -> None:
    _, said = process.communicate()
    assert process.returncode == 0, said.decode()


def log_of(run: Path) -> dict[int, dict[str, Any]]:
    return {entry["step"]: entry for entry in map(json.loads, (run / "log.jsonl").read_text().splitlines())}


def test_two_processes_that_are_killed_go_on_and_lose_what_one_does(
    options: list[str | Path], tmp_path: Path
) -> None:
    script, one, two = (tmp_path / name for name in ("script.py", "one", "two"))
    script.write_text(KILLED)
    cut = started(*TORCHRUN, "--", script, *options, "--run", two)
    alone = started("-m", RECIPE, *options, "--run", one)
    assert b"SIGKILL" in cut.communicate()[1] and cut.returncode == 1
    assert 2 < len(log_of(two / "tiny")) < 10
    check_ended(started(*TORCHRUN, "-m", "--", RECIPE, *options, "--run", two))
    check_ended(alone)
    check_same_steps(log_of(two / "tiny"), log_of(one / "tiny"))
    assert all((run / "tiny" / "curves.svg").exists() for run in (one, two))
    held, other = (torch.load(run / "tiny" / "model.pt", weights_only=True) for run in (one, two))
    assert {name: weight.shape for name, weight in held.items()} == {name: w.shape for name, w in other.items()}


def check_same_steps(ours: dict[int, dict[str, Any]], theirs: dict[int, dict[str, Any]]) -> None:
    assert [entry["tokens"] for entry in ours.values()] == [entry["tokens"] for entry in theirs.values()]
    assert len(theirs) == 10
    for step, entry in theirs.items():
        assert ours[step]["loss"] == pytest.approx(entry["loss"], rel=1e-3)
        assert ours[step]["busiest_expert"] == pytest.approx(entry["busiest_expert"], rel=0.1)


def test_a_reinforcement_of_several_processes_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "farside.train.reinforce", "--model", "w.pt", "--data", "d", "--run", "run"]
    environment = {**os.environ, "WORLD_SIZE": "2"}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    told = "Reinforcement runs in one process. start it without torchrun: python -m farside.train.reinforce\n"
    assert (done.returncode, done.stderr) == (1, told)
    assert not list(tmp_path.iterdir())


def test_each_example_is_run_by_one_process_and_all_run_as_often() -> None:
    lengths = [10, 20, 30, 99, 5, 40, 7]
    for count in (1, 2, 3, 9):
        each = [passes(lengths, 45, rank, count) for rank in range(count)]
        assert len(set(map(len, each))) == 1
        assert sorted(index for mine in each for part in mine for index in part) == list(range(7))
