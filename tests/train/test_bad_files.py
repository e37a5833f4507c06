"""Files that are torn, or that are something else, are told by name, with what to do."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra k2")

import torch

from bench import train_int4
from farside.errors import FarsideError
from farside.k2.byte_tokenizer import write_byte_tokenizer
from farside.train.dataset import read_dataset
from farside.train.generate import place
from farside.train.prepare import EXAMPLES, prepare
from farside.train.runs import home
from farside.train.state import State
from farside.train.tasks import task
from farside.train.traces import Trace, traced
from farside.train.trainer import Trainer
from tests.train.as_toml import as_toml
from tests.train.test_training import STAGE, stirred, tiny, written


def said_by(module: str, *options: str | Path) -> tuple[int, str, str]:
    """Run a program; return its status, and what it wrote to both outputs."""
    command: Sequence[str | Path] = [sys.executable, "-m", f"farside.train.{module}", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def spoil(path: Path, how: str) -> None:
    """Make something of a good file that is none."""
    match how:
        case "torn":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("weights")
        case "other":
            torch.save([1, 2], path)
        case "bytes":
            path.write_bytes(bytes(range(256)))


SPOILT = ["torn", "empty", "text", "other", "bytes"]


@pytest.mark.parametrize("how", SPOILT)
def test_a_state_that_cannot_be_read_is_told(how: str, tmp_path: Path) -> None:
    data, run = read_dataset(written(tmp_path)), tmp_path / "run"
    Trainer(tiny(), STAGE, data, run, None)
    State.of(stirred(), 0.1).save(run / "state.pt")
    Trainer(tiny(), STAGE, data, run, None)
    spoil(run / "state.pt", how)
    with pytest.raises(FarsideError, match=r"state\.pt cannot be read as weights: ") as told:
        Trainer(tiny(), STAGE, data, run, None)
    assert told.value.next_step.startswith("remove it")


def test_weights_are_no_state(tmp_path: Path) -> None:
    data, run = read_dataset(written(tmp_path)), tmp_path / "run"
    Trainer(tiny(), STAGE, data, run, None)
    torch.save(stirred().state_dict(), run / "state.pt")
    with pytest.raises(FarsideError, match="holds no state of a stage"):
        Trainer(tiny(), STAGE, data, run, None)


def test_no_weights_are_exported(tmp_path: Path) -> None:
    write_byte_tokenizer(tmp_path)
    (tmp_path / "tiny").mkdir()
    weights = tmp_path / "tiny" / "model.pt"
    (tmp_path / "s.toml").write_text(as_toml(tiny()))
    for how in SPOILT:
        torch.save(stirred().state_dict(), weights)
        spoil(weights, how)
        with pytest.raises(FarsideError, match=r"model\.pt cannot be read as weights"):
            train_int4.checkpoints(weights, weights, tmp_path, tiny(), tmp_path)
    options: list[str | Path] = ["--weights", weights, "--data", tmp_path, "--out", tmp_path / "model"]
    options += ["--config", tmp_path / "s.toml"]
    status, _, said = said_by("export", *options)
    assert status == 1 and said.startswith(f"{weights} cannot be read as weights: ")
    torch.save({"lm_head.weight": torch.zeros(2)}, weights)
    assert said_by("export", *options)[2].startswith(f"{weights} holds no weights of this model")
    State.of(stirred(), 0.1).save(weights)
    assert said_by("export", *options)[0] == 0 and (tmp_path / "model" / "config.json").exists()


@pytest.fixture(scope="module")
def trace() -> Trace:
    with home():
        return traced(task("declining", 1, "train", 3))


def file_with(folder: Path, trace: Trace, number: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    place(folder, number).write_bytes(gzip.compress(json.dumps(trace).encode() + b"\n", mtime=0))
    return place(folder, number)


def test_examples_are_written_whole_and_not_over_others(trace: Trace, tmp_path: Path) -> None:
    traces, out = tmp_path / "traces", tmp_path / "deep" / "out"
    file_with(traces, trace)
    options: list[str | Path] = ["--traces", traces, "--out", out]
    status, said, told = said_by("prepare", *options)
    assert (status, said[:11]) == (0, "1 examples,")
    assert [line.split(",")[0] for line in told.splitlines()] == ["words", "examples"] and "1 of 1" in told
    before = (out / EXAMPLES).stat().st_mtime_ns
    assert said_by("prepare", *options) == (0, said, "") and (out / EXAMPLES).stat().st_mtime_ns == before
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    file_with(traces, trace, 1)
    assert said_by("prepare", *options)[2] == (
        f"{out} holds other examples. name another folder, or remove this one\n"
    )
    write_byte_tokenizer(tmp_path)
    with pytest.raises(FarsideError, match="holds other examples"):
        prepare(traces, out, tmp_path)


@pytest.mark.parametrize(
    ("how", "told"),
    [("torn", "cannot be read as traces"), ("empty", "holds no traces"), ("text", "cannot be read as traces")],
)
def test_traces_that_cannot_be_read_are_told_and_nothing_is_written(
    how: str, told: str, trace: Trace, tmp_path: Path
) -> None:
    file_with(tmp_path / "traces", trace)
    spoil(spoilt := file_with(tmp_path / "traces", trace, 1), how)
    status, _, said = said_by("prepare", "--traces", tmp_path / "traces", "--out", tmp_path / "out")
    assert status == 1 and said.splitlines()[-1].startswith(f"{spoilt} {told}")
    assert [path.name for path in tmp_path.iterdir()] == ["traces"]


def test_a_folder_without_traces_is_told(tmp_path: Path) -> None:
    status, _, said = said_by("prepare", "--traces", tmp_path / "none", "--out", tmp_path / "out")
    assert (status, said) == (1, f"{tmp_path / 'none'} holds no traces. make some with farside.train.generate\n")
    assert not list(tmp_path.iterdir())
