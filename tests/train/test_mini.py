"""From nothing to a checkpoint that farside runs, by one command that goes on where it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra k2")
pytest.importorskip("matplotlib", reason="drawing needs the extra train")

from farside.k2.load import load
from farside.train.generate import place
from farside.train.settings import Data, Settings
from tests.train.as_toml import as_toml
from tests.train.test_training import STAGE, shape

DRILL = replace(STAGE, name="drill", data=("drill",), tokens=3_000, window=256, stretch=1.0)
SUPERVISED = replace(DRILL, name="supervised", data=("short",), window=2048, others=0.1, experts="int4", stretch=2.0)
SHORT = Data(name="short", tasks=40, most_steps=4)


def test_a_model_is_made_from_nothing_and_a_kill_costs_no_trace(tmp_path: Path) -> None:
    config, out = tmp_path / "tiny.toml", tmp_path / "made"
    sized = replace(shape(), vocab_size=1280)
    config.write_text(as_toml(Settings(sized, (SHORT,), 40, (DRILL, SUPERVISED), 0.1, 0.01, 1)))
    command = [sys.executable, "-m", "farside.train.mini", "--out", str(out), "--config", str(config)]
    first = place(out / "traces" / "short", 0)
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        while not first.exists() and process.poll() is None:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
    kept = first.read_bytes(), first.stat().st_mtime_ns
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, str(out / "model")), done.stderr
    assert "supervised" in done.stderr and (first.read_bytes(), first.stat().st_mtime_ns) == kept
    assert load(out / "model").config.num_hidden_layers == shape().num_hidden_layers
    assert (out / "run" / "supervised" / "curves.svg").exists()
