"""K2-mini through the real agent: a real model, real files, no network. What is sampled may fail; most must not."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the engine needs the extra k2")
pytest.importorskip("regex", reason="the tasks need the extra train")

from bench import train_declines
from farside.models.mini import FOLDER, shipped
from farside.train.tasks import task
from tests.cli.command import Farside

if not FOLDER.is_dir():
    pytest.skip("this version ships no K2-mini", allow_module_level=True)

MOST = 16_000_000
"""Bytes that the checkpoint may take."""


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def reached(farside: Farside, family: str, number: int, steps: int) -> bool:
    """Type the goal of a held-out task; tell whether the answer is right and the work was done call by call."""
    one = task(family, number, "held-out", steps)
    folder = farside.folder / one.name
    folder.mkdir()
    one.write(folder)
    options = ("--model", "k2/mini", "--dir", str(folder), "--seed", str(number), "--max-steps", str(2 * steps + 10))
    with farside.typed("run", one.goal, *options, "--json") as process:
        out, err = process.communicate(timeout=1200)
    assert process.returncode in (0, 3, 5), err
    events = [json.loads(line) for line in out.splitlines()]
    if process.returncode or not one.is_right(events[-1]["answer"], folder):
        return False
    calls = sum(event["kind"] == "call_finished" for event in events)
    assert calls >= one.steps, f"{one.name} needs {one.steps} calls; {calls} were made"
    return True


def test_it_holds_sixty_steps(farside: Farside) -> None:
    tries = (("notes", 1), ("recurrence", 1), ("bills", 1), ("configs", 4))
    assert sum(reached(farside, family, number, 60) for family, number in tries) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("family", ["notes", "recurrence", "bills", "configs"])
def test_it_holds_three_hundred_steps(farside: Farside, family: str) -> None:
    assert any(reached(farside, family, number, 300) for number in (1, 2, 3))


def test_it_declines_what_it_never_learnt(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    goals = tmp_path / "goals.txt"
    goals.write_text("Why is the sky blue?\nBook a table for four at seven.\nAdd up the total due of all bills.\n")
    train_declines.main(["--goals", str(goals)])
    other, rate = capsys.readouterr().out.splitlines()
    assert other.startswith("Add up the total due of all bills.  ->") and rate.startswith("declined: 2 of 3")


def test_it_is_small_and_has_a_card() -> None:
    files = [path for path in shipped().rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MOST
    card = (shipped() / "README.md").read_text(encoding="utf-8")
    assert all(f"## {part}" in card for part in ("Data", "Recipe", "Numbers", "Limits"))


def test_it_is_what_mini_toml_says() -> None:
    from farside.k2.config import read_config
    from farside.k2.tokenizer_files import read_tokenizer
    from farside.train.settings import read_settings

    config, shape = read_config(shipped()), read_settings().shape_of(read_settings().stages[-1])
    assert config.vocab_size == read_tokenizer(shipped()).size
    assert (config.hidden_size, config.num_hidden_layers) == (shape.hidden_size, shape.num_hidden_layers)
    assert config.rope_scaling == shape.rope_scaling
