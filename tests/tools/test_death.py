"""The sandbox ends with farside, whatever way farside ends; a resumed run proves it."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from farside.errors import FarsideError
from farside.tools import remains
from farside.tools.processes import look
from farside.tools.sandbox import Layer
from tests.tools.boxes import LANDLOCK, Box, open_box

SCRIPT = """
import sys
from collections.abc import Callable
from pathlib import Path
from farside.tools.sandbox import Layer
from tests.tools import boxes
box = boxes.open_box(Path(sys.argv[1]), layers=[getattr(boxes, sys.argv[2].upper())])
box.python("import subprocess\\nchild = subprocess.Popen(['sleep', '300'])")
print("up", flush=True)
box.shell("setsid sleep 301 & sleep 302")
"""


def start(base: Path, layer: Layer) -> subprocess.Popen[str]:
    """Start a farside of its own that is in the middle of a call."""
    host = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), str(base), layer.name], stdout=subprocess.PIPE, text=True
    )
    assert host.stdout is not None
    assert host.stdout.readline() == "up\n"
    wait_for(lambda: len(sleepers(base)) == 3)
    return host


def sleepers(base: Path) -> list[int]:
    """Return the processes of the sandbox in `base` that sleep."""
    token = json.loads((base / "scratch" / remains.FILE).read_text())["token"].encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cmdline").read_bytes().startswith(b"sleep") and token in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:  # gone meanwhile
            continue
    return found


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_sigkill_of_farside_ends_everything_inside(tmp_path: Path, layer: Layer) -> None:
    host = start(tmp_path, layer)
    host.kill()
    host.communicate()
    wait_for(lambda: not sleepers(tmp_path))
    remains.prove_dead(tmp_path / "scratch")
    assert not (tmp_path / "scratch" / remains.FILE).exists()
    box = open_box(tmp_path)
    assert box.shell("echo again").text == "again"
    box.toolbox.close()


def test_what_survived_is_killed_before_a_run_resumes(tmp_path: Path) -> None:
    host = start(tmp_path, LANDLOCK)
    record = json.loads((tmp_path / "scratch" / remains.FILE).read_text())
    for pid, _ in record["known"]:
        os.kill(pid, signal.SIGSTOP)  # a warden that stands still cannot see that farside is gone
    host.kill()
    host.communicate()
    assert sleepers(tmp_path)
    known = sleepers(tmp_path)
    remains.prove_dead(tmp_path / "scratch")
    left = [process for pid in known if (process := look(pid)) is not None]
    assert [process for process in left if process.state != "Z"] == []


def test_a_pid_that_somebody_else_has_by_now_is_left_alone(tmp_path: Path) -> None:
    bystander = subprocess.Popen(["sleep", "300"])
    try:
        process = look(bystander.pid)
        assert process is not None
        known = ((bystander.pid, process.started - 100),)
        remains.record(remains.Remains(remains.boot(), "no-such-token", known, ()), tmp_path)
        remains.prove_dead(tmp_path)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_what_another_start_of_the_machine_left_is_dead(tmp_path: Path) -> None:
    bystander = subprocess.Popen(["sleep", "300"])
    try:
        process = look(bystander.pid)
        assert process is not None
        known = ((bystander.pid, process.started),)
        remains.record(remains.Remains("an earlier boot", "no-such-token", known, ()), tmp_path)
        remains.prove_dead(tmp_path)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_nothing_to_prove(tmp_path: Path) -> None:
    remains.prove_dead(tmp_path)
    (tmp_path / remains.FILE).write_text("{torn")
    remains.prove_dead(tmp_path)
    assert not (tmp_path / remains.FILE).exists()


def test_what_cannot_be_killed_is_named(tmp_path: Path) -> None:
    """Process 1 stands for one that survives SIGKILL: nobody can kill the machine's first process."""
    first = look(1)
    assert first is not None
    if os.geteuid() != 0:
        pytest.skip("only root may signal process 1")
    remains.record(remains.Remains(remains.boot(), "no-such-token", ((1, first.started),), ()), tmp_path)
    with pytest.raises(FarsideError, match=r"still alive \(process 1\)"):
        remains.prove_dead(tmp_path, timeout=0.1)


def test_ctrl_c_kills_the_call_and_passes_on(box: Box) -> None:
    box.python("kept = 3")
    threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        box.shell("sleep 60")
    assert time.monotonic() - begun < 10
    assert not (box.scratch / remains.FILE).exists()
    assert box.python("kept").text == "3"
