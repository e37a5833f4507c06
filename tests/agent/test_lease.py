from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from farside.agent.lease import Lease, holder, stop_holder
from farside.errors import FarsideError

HOLD = """
import signal, sys, time
from pathlib import Path
from farside.agent.lease import Lease
if sys.argv[2] == "deaf":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
lease = Lease(Path(sys.argv[1]), "run")
print("held", flush=True)
time.sleep(60)
"""


def hold(path: Path, how: str = "hearing") -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), how], stdout=subprocess.PIPE, text=True, stderr=-3
    )
    assert child.stdout
    assert child.stdout.readline() == "held\n"
    child.stdout.close()
    return child


def test_one_process_at_a_time(tmp_path: Path) -> None:
    child = hold(tmp_path / "lease")
    with pytest.raises(FarsideError, match=f"process {child.pid}") as caught:
        Lease(tmp_path / "lease", "run")
    assert "farside stop run" in caught.value.next_step
    child.kill()
    child.wait()
    Lease(tmp_path / "lease", "run").close()


def test_a_lease_dies_with_its_holder(tmp_path: Path) -> None:
    child = hold(tmp_path / "lease")
    assert holder(tmp_path / "lease") == child.pid
    child.kill()
    child.wait()
    assert holder(tmp_path / "lease") is None


@pytest.mark.parametrize("how", ["hearing", "deaf"])
def test_stop_means_verified_dead(tmp_path: Path, how: str) -> None:
    child = hold(tmp_path / "lease", how)
    began = time.monotonic()
    assert stop_holder(tmp_path / "lease", grace_s=0.3) == child.pid
    assert child.wait(timeout=1) != 0
    assert time.monotonic() - began < 5


def test_nobody_to_stop(tmp_path: Path) -> None:
    assert stop_holder(tmp_path / "lease") is None
