"""The clean checkout and its tests, with real git, real sandboxes and real test runners."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from farside.agent.home import new_run, private
from farside.missions.code.base import Base
from farside.missions.code.clean import KEPT, Clean, Places
from farside.missions.code.copies import fill, kept
from farside.missions.code.order import order
from farside.tools.landlock import Landlock
from farside.tools.sandbox import Layer, choose
from farside.tools.toolbox import LAYERS
from farside.tools.unconfined import Unconfined
from tests.missions.code.repositories import FIX, Users, timesheet

COMMAND = "python -m unittest discover -v -s tests"


@dataclass
class Prepared:
    users: Users
    work: Users
    """The agent's copy."""
    clean: Clean
    places: Places


@pytest.fixture
def it(tmp_path: Path) -> Iterator[Prepared]:
    with prepared(tmp_path, LAYERS) as made:
        yield made


@contextmanager
def prepared(tmp_path: Path, layers: Sequence[Layer]) -> Iterator[Prepared]:
    users = timesheet(tmp_path / "sheet")
    users.put("lines.txt", "one\r\ntwo\r\n")
    users.put(".gitattributes", "*.txt text eol=crlf\n")
    users.commit()
    folder = new_run()
    places = Places.of(folder, str(folder.workspace))
    kept(Base.of(order(users.path, None, 300, False).options), places.mirror)
    fill(folder.workspace, places.mirror)
    confinement = places.confined(False, private())
    clean = Clean(choose(layers, confinement), places, confinement)
    try:
        yield Prepared(users, Users(folder.workspace), clean, places)
    finally:
        clean.close()


def mend(work: Users) -> None:
    file = work.path / FIX["path"]
    file.write_text(file.read_text().replace(FIX["old"], FIX["new"]))


def test_the_work_is_what_git_would_commit_and_nothing_else(it: Prepared) -> None:
    assert it.clean.patch() == b""
    mend(it.work)
    it.work.put("README.md", None)
    it.work.put("new/image.bin", "\0\1\2" * 100)
    it.work.put("timesheet/__pycache__/clock.pyc", "not mine")
    (it.work.path / "link").symlink_to("/etc/passwd")
    it.work.put("lines.txt", "one\r\nthree\r\n")
    patch = it.clean.patch()
    contents = it.clean.check_out(patch)
    assert contents.changed == ("README.md", "lines.txt", "link", "new/image.bin", "timesheet/clock.py")
    tree = it.clean.tree
    assert (tree / "new/image.bin").read_text() == "\0\1\2" * 100
    assert (tree / "lines.txt").read_bytes() == b"one\r\nthree\r\n"
    assert (tree / "link").is_symlink() and not (tree / "README.md").exists()
    assert it.clean.text("link") == ""  # it leads out of the checkout
    assert subprocess.run(["git", "status", "--porcelain"], cwd=tree, capture_output=True, check=True).stdout == b""


@pytest.mark.parametrize(
    "name", ["Ünïcode 名.md", "a 'b' \"c\".py", "new\nline", "-dash", "tab\there", ":(top)x", "t*st"]
)
def test_any_name_of_a_file_will_do(it: Prepared, name: str) -> None:
    it.work.put(f"in/{name}", "text\n")
    contents = it.clean.check_out(it.clean.patch())
    assert contents.changed == (f"in/{name}",)
    assert it.clean.text(f"in/{name}") == "text\n"
    assert it.clean.check_out(it.clean.patch(), [f"in/{name}"]).changed == ()


def test_files_that_are_named_as_commits_are_no_commits(it: Prepared) -> None:
    names = ("HEAD", "HEAD~1", "begin", "refs/heads/work")
    for name in names:
        it.work.put(name, "text\n")
    assert it.clean.check_out(it.clean.patch()).changed == names
    assert it.clean.check_out(it.clean.patch(), ["HEAD"]).changed == names[1:]
    assert it.clean.patch_of({FIX["path"]: "x = 1\n"}).count(b"diff --git") == 1


def test_commits_and_repositories_of_the_agents_count_as_files(it: Prepared) -> None:
    mend(it.work)
    it.work.commit()
    Users(it.work.path / "inner").path.mkdir()
    inner = Users(it.work.path / "inner")
    inner.git("init", "--quiet")
    inner.put("a.py", "x = 1\n")
    inner.commit()
    assert it.clean.check_out(it.clean.patch()).changed == ("inner/a.py", "timesheet/clock.py")


def test_the_work_does_not_depend_on_the_agent_s_own_git_folder(it: Prepared) -> None:
    mend(it.work)
    patch = it.clean.patch()
    (it.work.path / ".git" / "index").write_text("broken")
    assert it.clean.patch() == patch
    shutil.rmtree(it.work.path / ".git")
    (it.work.path / ".git").write_text("gitdir: /nowhere")
    assert it.clean.patch() == patch


def test_settings_that_the_agent_writes_run_nothing_with_farsides_rights(it: Prepared, tmp_path: Path) -> None:
    trap = tmp_path / "trapped"
    for name in ("core.fsmonitor", "core.sshCommand", "diff.external", "filter.x.clean", "core.pager"):
        it.work.git("config", name, f"touch {trap}; cat")
    it.work.put(".gitattributes", "* filter=x diff=x\n")
    it.work.put(".git/hooks/post-checkout", f"#!/bin/sh\ntouch {trap}\n")
    (it.work.path / ".git/hooks/post-checkout").chmod(0o755)
    mend(it.work)
    it.clean.check_out(it.clean.patch())
    assert it.clean.trial(COMMAND, 60).how == "pass"
    assert not trap.exists()


def test_tests_run_on_the_work_and_on_the_test_files_as_they_were(it: Prepared) -> None:
    it.clean.check_out(b"")
    before = it.clean.trial(COMMAND, 60)
    assert (before.how, before.results.counts()) == ("fail", "8 passed, 1 failed")
    it.work.put("tests/test_clock.py", "import unittest\n")
    it.work.put("tests/test_new.py", "import unittest\n")
    patch = it.clean.patch()
    contents = it.clean.check_out(patch)
    assert (contents.changed, contents.added) == (
        ("tests/test_clock.py", "tests/test_new.py"),
        frozenset({"tests/test_new.py"}),
    )
    assert "def test_a_shift_may_end" in it.clean.text_before("tests/test_clock.py")
    assert it.clean.text_before("tests/test_new.py") == ""
    assert it.clean.trial(COMMAND, 60).how == "pass"
    again = it.clean.check_out(patch, ["tests/test_clock.py", "tests/test_new.py"])
    assert "tests/test_new.py" not in again.paths
    assert it.clean.trial(COMMAND, 60).results == before.results


def test_tests_that_hang_are_killed_whole(it: Prepared) -> None:
    mark = f"sleep 9{os.getpid()}"
    it.work.put(
        "tests/test_hang.py",
        f"import os, time\nos.system('{mark} & setsid {mark} &')\nprint('on')\ntime.sleep(900)\n",
    )
    it.clean.check_out(it.clean.patch())
    began = time.monotonic()
    trial = it.clean.trial(f"echo begun; {COMMAND}", 3)
    assert trial.how == "hang"
    assert trial.output.splitlines()[0] == "begun"
    assert "[stopped: it ran longer than its 3 s]" in trial.output
    assert time.monotonic() - began < 60
    running = subprocess.run(["ps", "axo", "args"], capture_output=True, text=True, check=True).stdout
    assert mark not in running


@pytest.mark.parametrize(
    ("command", "how"),
    [
        ("true", "pass"),
        ("exit 3", "fail"),
        ("no-such-runner", "not run"),
        ("python -m unittest discover -s timesheet", "not run"),
        ("kill -9 $$", "fail"),
        ("test -r ../../workspace/README.md && test ! -w ../../workspace && test ! -w ../../base.git", "pass"),
        ('test ! -e ../../journal.db && ! ls ~/.ssh && test -z "$MOONSHOT_API_KEY"', "pass"),
    ],
)
def test_a_command_ends_in_one_of_few_ways(it: Prepared, command: str, how: str) -> None:
    it.clean.check_out(b"")
    assert it.clean.trial(command, 60).how == how


@pytest.mark.parametrize("layer", [Landlock(), Unconfined()], ids=lambda layer: layer.name)
def test_the_other_layers_will_do(tmp_path: Path, layer: Layer) -> None:
    with prepared(tmp_path, [layer]) as it:
        mend(it.work)
        assert it.clean.check_out(it.clean.patch()).changed == ("timesheet/clock.py",)
        assert it.clean.trial(COMMAND, 60).how == "pass"
        assert it.clean.trial("sleep 60", 1).how == "hang"
        may_write = it.clean.trial("touch ../../workspace/mark", 60).how == "pass"
        assert may_write is (layer.strength == "none")


def test_sources_in_src_are_found(it: Prepared) -> None:
    it.work.put("src/more/__init__.py", "x = 1\n")
    it.clean.check_out(it.clean.patch())
    assert it.clean.trial("python -c 'import more; assert more.x'", 60).how == "pass"


@pytest.mark.parametrize(
    ("command", "how"),
    [
        ("python -m timesheet /dev/null", "pass"),
        ("python -c 'import sys; assert sys.stdin.isatty() and sys.stdout.isatty(); input()'", "pass"),
        ("python -m timesheet", "fail"),
        ("no-such-program", "fail"),
    ],
)
def test_a_program_starts_in_a_terminal_when_it_ends_well_or_runs_on(it: Prepared, command: str, how: str) -> None:
    it.clean.check_out(b"")
    assert it.clean.starts(command).how == how


def test_of_much_output_the_beginning_and_the_end_are_kept(it: Prepared) -> None:
    it.clean.check_out(b"")
    trial = it.clean.trial("echo begun; head -c 9000000 /dev/zero | tr '\\0' x; echo; echo ended; exit 1", 60)
    assert trial.how == "fail"
    assert trial.output.startswith("begun\nxxx") and "xxx\nended" in trial.output[-100:]
    assert len(trial.output) < KEPT + 100
