"""`farside k2 synth` and `farside k2 quantize`, as they are typed."""

import signal
import time
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra k2")
pytest.importorskip("safetensors", reason="needs the extra k2")

from farside.k2.checkpoint import open_checkpoint
from tests.cli.command import Farside, interrupted
from tests.k2.checkpoints import SMALL, plain, write


def shape(folder: Path) -> str:
    write(folder / "shape.json", SMALL.as_json())
    return str(folder / "shape.json")


def test_a_checkpoint_is_made_up(farside: Farside) -> None:
    done = farside("k2", "synth", "made-up", "--config", shape(farside.folder), "--layers", "2")
    assert (done.code, done.out) == (0, "made-up: 0.00 GB\n")
    assert "  100% of 0.00 GB\n" in done.err
    assert open_checkpoint(farside.folder / "made-up").scheme


def test_a_checkpoint_is_quantized(farside: Farside) -> None:
    plain(farside.folder / "bf16")
    done = farside("k2", "quantize", "bf16", "int4", "--rule", "absmax_7")
    assert (done.code, done.out) == (0, "int4: 0.00 GB\n")
    assert open_checkpoint(farside.folder / "int4").scheme


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["synth", "made-up"], "Missing option '--config'"),
        (["synth", "made-up", "--config", "k3"], "No preset is called 'k3'"),
        (["synth", "made-up", "--config", "tiny", "--layers", "9"], "9 layers cannot be made of 3"),
        (["synth", "home", "--config", "{shape}"], "home exists already"),
        (["quantize", "nowhere", "int4"], "nowhere/config.json cannot be read"),
        (["quantize", "nowhere", "int4", "--rule", "best"], "absmax_7_5"),
    ],
)
def test_what_cannot_work_is_refused(farside: Farside, arguments: list[str], told: str) -> None:
    farside.home.mkdir()
    (farside.home / "file").touch()
    done = farside("k2", *(word.format(shape=shape(farside.folder)) for word in arguments))
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert {path.name for path in farside.folder.iterdir()} == {"home", "shape.json"}


def test_ctrl_c_says_how_to_go_on(farside: Farside) -> None:
    with farside.typed("k2", "synth", "large", "--config", "k2-thinking", "--layers", "1") as process:
        deadline = time.monotonic() + 60
        while not list(farside.folder.glob("large.partial/*.part")):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        done = interrupted(process, signal.SIGINT)
    assert done.code == 4
    assert "Stopped. Nothing was written." in done.err
    assert not list(farside.folder.glob("large*"))
