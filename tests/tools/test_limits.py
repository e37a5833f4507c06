"""Bombs, floods and full disks: each ends with a clear outcome, and the next call works."""

import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from farside.errors import FarsideError
from farside.tools import cgroup
from farside.tools.cgroup import MOUNT
from farside.tools.sandbox import Layer, Limits
from tests.tools.boxes import Box, open_box

BOMB = ":(){ :|:& };:; sleep 20"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount")


def test_a_fork_bomb_ends_and_the_session_goes_on(tmp_path: Path, layer: Layer) -> None:
    box = open_box(tmp_path, layers=[layer], limits=Limits(processes=100))
    box.python("kept = 1")
    outcome = box.shell(BOMB, timeout=1)
    assert not outcome.ok
    assert "ran longer than its 1 s" in outcome.text
    assert "Resource temporarily unavailable" in outcome.text or "limit of 100 processes" in outcome.text
    assert box.python("kept").text == "1"
    assert box.shell("echo fine").text == "fine"
    box.toolbox.close()


def test_a_fork_bomb_in_python_ends_too(tmp_path: Path) -> None:
    box = open_box(tmp_path, limits=Limits(processes=100))
    outcome = box.python("import os\nwhile True: os.fork()", timeout=1)
    assert not outcome.ok
    box.shell("true")  # where the bomb still leaves no room for it, everything is killed and said to be
    assert box.python("1 + 1").text == "2"
    assert int(box.shell("ls -d /proc/[0-9]* | wc -l").text) < 10
    box.toolbox.close()


@as_root
def test_a_fork_bomb_ends_for_root_without_cgroups(tmp_path: Path) -> None:
    """In a mount namespace of its own, where /sys/fs/cgroup is empty; the test itself is fenced in."""
    script = f"""
    from pathlib import Path
    from farside.tools.sandbox import Limits
    from tests.tools.boxes import open_box
    box = open_box(Path({str(tmp_path)!r}), limits=Limits(processes=100))
    outcome = box.shell({BOMB!r}, timeout=20)
    print(outcome.ok, outcome.text)
    print(box.shell("echo fine").text)
    box.toolbox.close()
    """
    run = f'mount -t tmpfs none {MOUNT} && exec "$0" -c "$1"'
    command = ["unshare", "--mount", "sh", "-c", run, sys.executable, textwrap.dedent(script)]
    fence = cgroup.make(f"farside-test-{os.getpid()}", Limits(processes=1000))
    if fence is None:
        pytest.skip("what is tested here may fail: without a fence around it the machine would suffer")
    try:
        done = subprocess.run(fence.joining(command), capture_output=True, text=True, timeout=60, check=False)
    finally:
        fence.kill()
        assert fence.remove(time.monotonic() + 10)
    if "unshare failed" in done.stderr:
        pytest.skip("mount namespaces are forbidden here")
    assert "limit of 100 processes was reached" in done.stdout, done.stderr
    assert done.stdout.startswith("False") and done.stdout.endswith("fine\n")


def test_memory_is_bounded(tmp_path: Path, layer: Layer) -> None:
    box = open_box(tmp_path, layers=[layer], limits=Limits(memory=200 * 2**20))
    box.python("kept = 1")
    outcome = box.python("hog = bytearray(2**30)")
    assert not outcome.ok and "MemoryError" in outcome.text
    assert box.python("kept").text == "1"
    box.toolbox.close()


@as_root
@pytest.mark.skipif(not os.access(MOUNT / "memory", os.W_OK), reason="needs a memory cgroup")
def test_memory_of_all_processes_together_is_bounded(tmp_path: Path) -> None:
    box = open_box(tmp_path, limits=Limits(memory=200 * 2**20))
    hog = "python3 -c 'import time; hog = b\"x\" * (120 << 20); time.sleep(2)'"
    outcome = box.shell(f"{hog} & {hog} & wait -n; echo $?; wait -n; echo $?")
    assert not outcome.ok
    assert "the limit of 200 MB of memory was reached" in outcome.text
    assert box.shell("echo fine").text == "fine"
    box.toolbox.close()


def test_files_and_tmp_are_bounded(tmp_path: Path) -> None:
    box = open_box(tmp_path, limits=Limits(file_size=2**20, temporary=2**21))
    assert "File too large" in box.python("open('big', 'wb').write(bytes(2**21))").text
    assert "No space left" in box.shell("for i in 1 2 3; do head -c 1M /dev/zero > /tmp/$i; done").text
    assert not box.shell("for i in 1 2 3; do head -c 1M /dev/zero > /dev/shm/$i; done").ok
    box.toolbox.close()


@pytest.mark.parametrize("name", ["python", "shell"])
def test_a_flood_of_output_keeps_head_and_tail(box: Box, name: str) -> None:
    if name == "python":
        code = "print('begin')\nfor _ in range(100): print('x' * 1_000_000)\nprint('end')"
        outcome = box.python(code)
    else:
        outcome = box.shell("echo begin; head -c 500000000 /dev/zero | tr '\\0' x; echo; echo end")
    assert outcome.text.startswith("begin\nxxx") and outcome.text.endswith("xxx\nend")
    assert len(outcome.text) < 9 * 2**20
    assert "bytes dropped here" in outcome.text
    assert box.shell("echo fine").text == "fine"


def test_nothing_of_a_sandbox_stays_behind(tmp_path: Path) -> None:
    box = open_box(tmp_path)
    box.shell("true")
    group = json.loads((box.scratch / "sandbox.json").read_text())["cgroup"]
    assert all(Path(folder).is_dir() for folder in group)
    box.toolbox.close()
    box.toolbox.close()
    assert not any(Path(folder).exists() for folder in group)
    assert list(box.scratch.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", tmp_path], check=False)
    if mounted.returncode:
        pytest.skip("mounting is forbidden here")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


@as_root
def test_a_full_disk_is_named_and_the_old_file_stays(small_disk: Path) -> None:
    box = open_box(small_disk)
    assert box.call("write_file", path="a.txt", content="old").ok
    outcome = box.call("write_file", path="a.txt", content="x" * 100_000)
    assert not outcome.ok
    assert "No space left on device. It is as before." in outcome.text
    assert (box.workspace / "a.txt").read_text() == "old"
    assert [entry.name for entry in box.workspace.iterdir()] == ["a.txt"]
    box.toolbox.close()


@as_root
def test_a_full_disk_at_the_start_is_named(small_disk: Path) -> None:
    box = open_box(small_disk)
    with pytest.raises(OSError, match="No space left"):
        (small_disk / "fill").write_bytes(bytes(100_000))
    with pytest.raises(FarsideError, match="No space left on device"):
        box.shell("true")
    box.toolbox.close()
