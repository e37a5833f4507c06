"""Snapshots hold a folder to the byte, whatever is in it, and nothing of what lies outside."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from mmap import mmap
from pathlib import Path

import pytest

from farside.agent.snapshots.bounds import Bounds
from farside.agent.snapshots.capture import Capture
from farside.agent.snapshots.glance import Glance
from farside.agent.snapshots.memory import RACY_NS
from farside.agent.snapshots.pack import object_name
from farside.agent.snapshots.restore import write_out
from farside.agent.snapshots.store import Store
from farside.agent.snapshots.taking import CannotKeep, Snapshots
from tests.agent.snapshots.folders import Folder, Place, found, silent

ODD: Folder = {
    "crlf.txt": b"a\r\nb\r\n",
    ".gitignore": b"ignored*\n",
    "ignored.log": b"kept all the same",
    ".gitattributes": b"* text eol=crlf filter=shout\n",
    ".git/HEAD": b"ref: refs/heads/main\n",
    ".git/index.lock": b"",
    ".git/config": b"[core]\n\tfsmonitor = touch /tmp/never\n",
    "nested/.git/HEAD": b"0123456789012345678901234567890123456789\n",
    "nested/code.py": b"1\n",
    "empty": None,
    "a/b/c/d.txt": b"deep",
    "a.txt": b"sorts between a and a/",
    "link": "a.txt",
    "nowhere": "/no/such/place",
    "to-folder": "a/b",
    'new\nline "quoted"\t': b"odd name",
    "binary": bytes(range(256)) * 20,
    "large": os.urandom(1 << 20) * 2 + b"!",
    "nothing": b"",
}


def git(store: Path, *command: str) -> str:
    done = subprocess.run(
        ["git", f"--git-dir={store}", *command], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout + done.stderr


def complaints(store: Path, *options: str) -> list[str]:
    """What git finds wrong with a store. That nothing points at a tree, and that there is no branch, is right."""
    said = git(store, "fsck", "--full", "--no-progress", *options).splitlines()
    return [line for line in said if not line.startswith(("dangling tree ", "dangling blob ", "notice: "))]


def test_a_folder_comes_back_to_the_byte(tmp_path: Path) -> None:
    place = Place(tmp_path, ODD)
    (place.work / "run.sh").write_bytes(b"#!/bin/sh\n")
    (place.work / "run.sh").chmod(0o755)
    (place.work / os.fsdecode(b"no \xff utf-8")).write_bytes(b"odd bytes")
    taken = place.take()
    assert place.restored(taken.tree) == found(place.work)
    assert (tmp_path / f"out-{taken.tree[:12]}" / "run.sh").stat().st_mode & 0o111
    assert not (tmp_path / f"out-{taken.tree[:12]}" / "a.txt").stat().st_mode & 0o111
    assert (taken.left_out, taken.files) == ((), sum(content is not None for content in ODD.values()) + 2)


def test_any_git_reads_the_store(tmp_path: Path) -> None:
    place = Place(tmp_path, {"a/b.txt": b"one\n", "c.txt": b"two\n"})
    first = place.take()
    (place.work / "c.txt").write_text("three\n")
    second = place.take()
    assert git(place.store, "ls-tree", "-r", "--name-only", first.tree).split() == ["a/b.txt", "c.txt"]
    assert git(place.store, "cat-file", "blob", f"{second.tree}:c.txt") == "three\n"
    assert complaints(place.store, "--strict") == []


@pytest.mark.parametrize("library", [ctypes.CDLL(None), None])
def test_only_what_changed_is_read_again(tmp_path: Path, library: ctypes.CDLL | None) -> None:
    place = Place(tmp_path, {f"d{number % 3}/f{number}": b"%d" % number for number in range(30)})
    time.sleep(2 * RACY_NS / 1e9)

    def look(before: Capture | None) -> Capture:
        with store.writing() as writer:
            capture = Capture(place.work, writer, before.after if before else {}, {}, Bounds(), silent, glance)
            capture.run()
        return capture

    store, glance = Store(place.store), Glance(library)
    first = look(None)
    (place.work / "d1/f1").write_text("changed")
    (place.work / "d2/new").write_text("new")
    (place.work / "d0/f0").unlink()
    second = look(first)
    assert (first.read, second.read, second.files) == (30, 2, 30)
    time.sleep(2 * RACY_NS / 1e9)
    assert [look(look(second)).read, len(list(place.store.rglob("*.pack")))] == [0, 2]


def test_a_write_in_the_same_tick_of_the_clock_is_seen(tmp_path: Path) -> None:
    place = Place(tmp_path, {"f": b"0000"})
    trees = set()
    for number in range(40):
        (place.work / "f").write_bytes(b"%04d" % number)
        trees.add(place.take().tree)
    assert len(trees) == 40


def test_names_that_come_and_go_and_change_their_kind(tmp_path: Path) -> None:
    place = Place(tmp_path, {"a": b"file", "b/c": b"in a folder", "l": "a", "gone/x": b"x"})
    place.take()
    time.sleep(2 * RACY_NS / 1e9)
    place.take()
    for path in ("a", "b/c", "l", "gone/x"):
        (place.work / path).unlink()
    (place.work / "gone").rmdir()
    (place.work / "b").rmdir()
    (place.work / "a").mkdir()
    (place.work / "a/inner").write_text("now a folder")
    (place.work / "b").symlink_to("a")
    (place.work / "l").write_text("now a file")
    assert place.restored(place.take().tree) == found(place.work)


QUIET: Folder = {
    "a/same": b"1",
    "a/b/content": b"old",
    "a/b/link": "content",
    "moved": b"new",
    "gone": b"x",
    "z/y": b"1",
}


def rewritten_behind_its_times(work: Path) -> None:
    stat = (work / "a/b/content").stat()
    (work / "a/b/content").write_bytes(b"new")
    os.utime(work / "a/b/content", ns=(stat.st_atime_ns, stat.st_mtime_ns))


def replaced_by_an_older_file(work: Path) -> None:
    (work / "moved").rename(work / "a/b/content")


def made_a_program(work: Path) -> None:
    (work / "a/b/content").chmod(0o755)


def linked_elsewhere(work: Path) -> None:
    (work / "a/b/link").unlink()
    (work / "a/b/link").symlink_to("nowhere")


def gone_and_come(work: Path) -> None:
    (work / "gone").unlink()
    (work / "a/b/come").mkdir()


def a_folder_turned_into_a_link_to_itself(work: Path) -> None:
    (work / "a/b").rename(work / "other")
    (work / "a/b").symlink_to("../other")


def written_through_a_map(work: Path) -> None:
    with (work / "a/b/content").open("r+b") as file, mmap(file.fileno(), 0) as mapped:
        mapped[:] = b"map"


@pytest.mark.parametrize(
    "change",
    [
        rewritten_behind_its_times,
        replaced_by_an_older_file,
        made_a_program,
        linked_elsewhere,
        gone_and_come,
        a_folder_turned_into_a_link_to_itself,
        written_through_a_map,
    ],
)
def test_a_change_in_a_folder_that_was_quiet_for_long_is_seen(tmp_path: Path, change: Callable[[Path], None]) -> None:
    place = Place(tmp_path, QUIET)
    time.sleep(2 * RACY_NS / 1e9)
    quiet = [place.take().tree for _ in range(3)]
    assert len(set(quiet)) == 1
    change(place.work)
    taken = place.take()
    assert place.restored(taken.tree) == found(place.work)
    assert taken.tree != quiet[0]
    kept = [path for path in place.work.rglob("*") if path.is_symlink() or path.is_file()]
    assert (taken.files, taken.size) == (len(kept), sum(path.lstat().st_size for path in kept))


def test_what_cannot_be_kept_is_named_and_blocks_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path, {"file": b"1"})
    os.mkfifo(place.work / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place.work / "socket"))
        for _ in range(2):
            taken = place.take()
            assert sorted(taken.left_out) == [
                "pipe (neither file, folder nor link)",
                "socket (neither file, folder nor link)",
            ]
    assert place.restored(taken.tree) == {"file": b"1"}


def test_a_path_that_is_too_long_is_left_out_alone(tmp_path: Path) -> None:
    place = Place(tmp_path, {"kept": b"1"})
    name, here = "n" * 250, os.open(place.work, os.O_RDONLY)
    for _ in range(20):
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    for _ in range(2):
        taken = place.take()
        (left_out,) = taken.left_out
        assert (left_out.endswith("n (its path is too long)"), len(left_out) < 250) == (True, True)
    (place.work / name).rename(tmp_path / "away")
    assert place.take().left_out == ()
    assert place.restored(place.take().tree) == {"kept": b"1"}


READ_AS_NOBODY = """
import os, sys
from pathlib import Path
from farside.agent.snapshots.taking import Snapshots
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
base = Path(sys.argv[1])
(base / "work").mkdir()
for name in ("open", "closed"):
    (base / "work" / name).write_text(name)
    (base / "work" / f"{name}-folder").mkdir()
(base / "work" / "listed-folder").mkdir()
(base / "work" / "listed-folder" / "file").write_text("listed, not looked at")
(base / "work" / "closed").chmod(0)
(base / "work" / "closed-folder").chmod(0)
(base / "work" / "listed-folder").chmod(0o444)
snapshots = Snapshots(base / "snapshots", base / "work", ())
print(*sorted(snapshots.take(print).left_out), sep="\\n")
(base / "work" / "closed-folder").chmod(0o700)
print(*snapshots.take(print).left_out, sep="\\n")
"""


def test_what_may_not_be_read_is_named_and_looked_at_again() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        command = [sys.executable, "-c", READ_AS_NOBODY, folder]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, timeout=60)
    closed, inner, listed = (f"{name} (it cannot be read)" for name in ("closed", "closed-folder", "listed-folder"))
    assert (done.stdout.splitlines(), done.stderr) == ([closed, inner, listed, closed, listed], "")


def test_too_much_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    place = Place(tmp_path, {f"f{number}": b"12345" for number in range(4)})
    for bounds, told in ((Bounds(files=3), "more than 3 files"), (Bounds(size=19), "more than 1.9e-08 GB")):
        with pytest.raises(CannotKeep, match=told):
            Snapshots(place.store, place.work, (), bounds).take(silent)
    assert not list(place.store.rglob("*.pack"))


def test_a_folder_that_grows_too_much_is_refused_later(tmp_path: Path) -> None:
    place = Place(tmp_path, {"a": b"1"})
    snapshots = Snapshots(place.store, place.work, (), Bounds(files=2))
    snapshots.take(silent)
    (place.work / "inner").mkdir()
    for name in ("b", "inner/c"):
        (place.work / name).touch()
    with pytest.raises(CannotKeep, match="more than 2 files"):
        snapshots.take(silent)
    (place.work / "b").unlink()
    assert snapshots.take(silent).files == 2


def test_what_is_farsides_own_is_never_in_it(tmp_path: Path) -> None:
    secrets: Folder = {"home/runs/x": b"journal", "conf/key.toml": b"key", "conf/other": b"kept", "top.toml": b"key"}
    place = Place(tmp_path, secrets)
    private = [place.work / name for name in ("home", "conf/key.toml", "top.toml")]
    snapshots = Snapshots(place.work / "home/runs/x.d", place.work, private)
    for _ in range(2):
        assert place_holds(place, snapshots) == {"conf": None, "conf/other": b"kept"}
        time.sleep(2 * RACY_NS / 1e9)


def place_holds(place: Place, snapshots: Snapshots) -> Folder:
    place.store = place.work / "home/runs/x.d"
    tree = snapshots.take(silent).tree
    target = place.work.with_name(f"out{time.time_ns()}")
    with Store(place.store) as store:
        write_out(store, tree, target, silent)
    return found(target)


def test_nothing_is_read_through_a_link_that_is_put_there_meanwhile(tmp_path: Path) -> None:
    secret = b"what lies outside"
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "f").write_bytes(secret)
    place = Place(tmp_path, {"first": b"1", "z/f": b"inside"})

    def swap(files: int) -> None:
        if not (place.work / "z").is_symlink():
            (place.work / "z").rename(place.work / "y")
            (place.work / "z").symlink_to(tmp_path / "outside")

    store = Store(place.store)
    with store.writing() as writer:
        capture = Capture(place.work, writer, {}, {}, Bounds(), swap, Glance(None))
        capture.run()
    assert (place.work / "z").is_symlink()
    assert object_name("blob", secret) not in store
    assert capture.left_out == ["z/f (it changed while it was looked at)"]


FOREVER = """
import sys
from pathlib import Path
from farside.agent.snapshots.taking import Snapshots
snapshots = Snapshots(Path(sys.argv[1]) / "snapshots", Path(sys.argv[1]) / "work", ())
number = 0
while True:
    number += 1
    for name in range(40):
        (Path(sys.argv[1]) / "work" / f"f{name}").write_text(f"{number} {name}" * 50)
    print(snapshots.take(lambda told: None).tree, flush=True)
"""


def test_a_kill_at_any_moment_loses_no_snapshot_and_stops_no_other(tmp_path: Path) -> None:
    place = Place(tmp_path)
    acknowledged: list[str] = []
    for delay in (0.0, 0.013, 0.029, 0.047):
        child = subprocess.Popen([sys.executable, "-c", FOREVER, tmp_path], stdout=subprocess.PIPE, text=True)
        assert child.stdout
        acknowledged.append(child.stdout.readline().strip())
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        acknowledged += child.communicate()[0].split()
    last = place.take().tree
    assert place.restored(last) == found(place.work)
    assert all(len(place.restored(tree)) == 40 for tree in {acknowledged[0], acknowledged[-1]})
    assert complaints(place.store) == []
    assert not list(place.store.rglob("tmp_*"))


FULL = """
import resource, signal, sys
from pathlib import Path
from farside.agent.snapshots.taking import CannotKeep, Snapshots
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    Snapshots(Path(sys.argv[1]) / "snapshots", Path(sys.argv[1]) / "work", ()).take(print)
except CannotKeep as error:
    print(error)
"""


def test_a_disk_that_refuses_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path, {"a": os.urandom(90_000), "b": os.urandom(90_000)})
    done = subprocess.run([sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout == "the system refuses (File too large)\n"
    assert not list((place.store / "objects/pack").iterdir())
    assert place.restored(place.take().tree) == found(place.work)


def test_a_lost_or_torn_memory_changes_nothing(tmp_path: Path) -> None:
    folder: Folder = {f"f{number}": b"%d" % number for number in range(600)}
    place = Place(tmp_path, folder)
    before = place.take().tree
    seen = place.store / "seen"
    whole = seen.read_bytes()
    for content in (whole[:-10], b"", whole):
        seen.write_bytes(content)
        assert Snapshots(place.store, place.work, ()).take(silent).tree == before
    assert len(list(place.store.rglob("*.pack"))) == 1
