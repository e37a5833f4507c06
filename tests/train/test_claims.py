"""A folder that was made with something else is refused, not mixed; what two processes make at once is whole."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra k2")

import torch

from farside.errors import FarsideError
from farside.k2.byte_tokenizer import write_byte_tokenizer
from farside.k2.control import RESERVED
from farside.train.alone import alone
from farside.train.claim import claim
from farside.train.dataset import read_dataset, write_dataset
from farside.train.examples import Example
from farside.train.generate import place
from farside.train.mini import make
from farside.train.prepare import EXAMPLES, SIZE
from farside.train.reinforce import Reinforcer
from farside.train.settings import Data, Settings
from farside.train.trainer import Trainer
from farside.train.whole import new_file, new_folder
from tests.train.test_reinforcement import SMALL
from tests.train.test_training import STAGE, stirred, tiny, written

FEW = ["--tasks", "20", "--most-steps", "3", "--families", "declining", "--workers", "1"]


def generated(folder: Path, *more: str) -> subprocess.Popen[str]:
    """Make traces that take no step: the last of two equal options counts."""
    command = [sys.executable, "-m", "farside.train.generate", "--out", str(folder), *FEW, *more]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def said_by(program: subprocess.Popen[str]) -> str:
    """What it told, if it ended well."""
    _, said = program.communicate()
    assert program.returncode == 0, said
    return said


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What two programs made at once."""
    folder = tmp_path_factory.mktemp("traces")
    for program in [generated(folder), generated(folder)]:
        said_by(program)
    return folder


def test_two_programs_make_traces_in_one_folder(traces: Path, tmp_path: Path) -> None:
    assert {path.name for path in traces.iterdir()} == {"settings.json", "00000.jsonl.gz"}
    said_by(generated(tmp_path))
    assert place(tmp_path, 0).read_bytes() == place(traces, 0).read_bytes()


@pytest.mark.parametrize(
    "other",
    [
        ["--families", "notes", "declining"],
        ["--most-steps", "4"],
        ["--least-steps", "4", "--most-steps", "5"],
        ["--split", "held-out"],
        ["--first", "20"],
        ["--skew", "2"],
    ],
)
def test_traces_of_other_tasks_are_refused(other: list[str], traces: Path) -> None:
    _, said = (program := generated(traces, *other)).communicate()
    assert program.returncode == 1
    assert said == f"{traces} holds other traces. name another folder, or remove this one\n"


def test_more_traces_of_the_same_kind_are_added(traces: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(traces, tmp_path / "traces"))
    said_by(generated(folder, "--tasks", "30"))
    assert place(folder, 0).read_bytes() == place(traces, 0).read_bytes() and place(folder, 1).exists()


def test_a_folder_that_does_not_say_what_it_is_is_anothers(tmp_path: Path) -> None:
    (tmp_path / "00000.jsonl.gz").write_bytes(b"")
    with pytest.raises(FarsideError, match="holds other traces"):
        claim(tmp_path, {}, "other traces")


def test_a_second_training_in_a_folder_is_refused_as_long_as_the_first_is_there(tmp_path: Path) -> None:
    data, run = read_dataset(written(tmp_path)), tmp_path / "run"
    training = Trainer(tiny(), replace(STAGE, tokens=300), data, run, None)
    with alone(run), pytest.raises(FarsideError, match="Another process is training in"):
        training.train()
    assert not (run / "state.pt").exists()
    assert training.train().exists()


def test_what_stops_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("before")
    with pytest.raises(KeyboardInterrupt), new_file(tmp_path / "file") as file:
        file.write_text("half")
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "folder") as folder:
        (folder / "half").touch()
        raise KeyboardInterrupt
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "before")]


def test_of_two_folders_at_once_the_first_stays(tmp_path: Path) -> None:
    place = tmp_path / "folder"
    with pytest.raises(FarsideError, match="Another process has made"), new_folder(place) as folder:
        (folder / "late").touch()
        place.mkdir()
        (place / "early").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "early"]


def rows(path: Path, learnt: int = 5, shift: int = 0, length: int = 30) -> None:
    ids = [[(at + shift) % 256 for at in range(length)], list(range(60 - length))]
    write_dataset(path, [Example(row, [at > learnt for at in range(len(row))]) for row in ids])


@pytest.mark.parametrize("other", [{"shift": 1}, {"length": 20}, {"learnt": 6}])
def test_other_examples_of_the_same_number_are_refused(other: dict[str, int], tmp_path: Path) -> None:
    write_byte_tokenizer(tmp_path)
    weights, data, run = tmp_path / "w.pt", tmp_path / EXAMPLES, tmp_path / "run"
    torch.save(stirred().state_dict(), weights)
    rows(data)
    for _ in range(2):
        Trainer(tiny(), STAGE, read_dataset(data), run, None)
        Reinforcer(tiny(), SMALL, weights, tmp_path, tmp_path / "reinforced")
    rows(data, **other)
    with pytest.raises(FarsideError, match="run holds another training"):
        Trainer(tiny(), STAGE, read_dataset(data), run, None)
    with pytest.raises(FarsideError, match="reinforced holds another training"):
        Reinforcer(tiny(), SMALL, weights, tmp_path, tmp_path / "reinforced")


def smallest() -> Settings:
    """A whole training that takes seconds."""
    stage = replace(STAGE, name="all", data=("few", "drill"), tokens=300)
    shape = replace(tiny().shape, vocab_size=SIZE + RESERVED)
    few = Data(name="few", tasks=20, most_steps=3, families=("declining",))
    return replace(tiny(), shape=shape, data=(few,), drills=10, stages=(stage,))


def test_a_model_is_not_taken_for_that_of_other_settings(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="drawing needs the extra train")
    settings, out = smallest(), tmp_path / "out"
    model = make(out, settings)
    assert make(out, settings) == model and (model / "config.json").exists()
    with pytest.raises(FarsideError, match="out holds another training"):
        make(out, replace(settings, seed=2))
    shutil.rmtree(model)
    assert make(out, settings) == model
    shutil.rmtree(model)
    said_by(generated(out / "traces" / "few", "--tasks", "40"))
    with pytest.raises(FarsideError, match="data/few holds other examples"):
        make(out, settings)
    assert json.loads((out / "settings.json").read_text())["settings"]["seed"] == 1


def test_a_state_of_another_stage_is_not_mixed_in(tmp_path: Path) -> None:
    data = read_dataset(written(tmp_path))
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "state.pt").touch()
    with pytest.raises(FarsideError, match="run holds another training"):
        Trainer(tiny(), STAGE, data, tmp_path / "run", None)
