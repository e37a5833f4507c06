"""What an ordinary user meets where rights are missing: a sentence and the next step, never a traceback."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.command import Farside, interrupted, step

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")

AS_NOBODY = """
import os, sys
import farside.cli.app, farside.cli.listing, farside.cli.telling, farside.missions, farside.models.catalog
import farside.cli.lines, farside.models.scripted, farside.tools.toolbox, encodings.idna, pydantic, rich.console
os.setgroups([]); os.setgid(65534); os.setuid(65534)
farside.cli.app.run(sys.argv[1:])
"""
"""What root alone can read is imported before."""


@pytest.fixture
def public(farside: Farside, monkeypatch: pytest.MonkeyPatch) -> Iterator[Farside]:
    """A folder that all can enter; pytest's own are closed."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setenv("FARSIDE_HOME", f"{folder}/home")
        monkeypatch.setenv("FARSIDE_CONFIG", f"{folder}/none.toml")
        yield replace(farside, folder=Path(folder))


def as_nobody(farside: Farside, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-c", AS_NOBODY, *arguments]
    done = subprocess.run(command, env=farside.environment, cwd="/", capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("command", [["runs"], ["show", "last"], ["resume", "last"]])
def test_a_closed_home_is_named(public: Farside, command: list[str]) -> None:
    public.home.mkdir(mode=0o700)
    code, said = as_nobody(public, *command)
    assert (code, f"{public.home}/runs cannot be read" in said, "FARSIDE_HOME" in said) == (2, True, True)


def test_a_workspace_behind_a_closed_folder_is_named(public: Farside) -> None:
    (public.folder / "closed" / "work").mkdir(parents=True)
    (public.folder / "closed").chmod(0o700)
    model = public.script("fine", {"text": "Never asked."})
    code, said = as_nobody(public, "run", "x", "--model", model, "--dir", f"{public.folder}/closed/work")
    assert (code, "cannot be read" in said, "--dir" in said) == (2, True, True)


def test_a_run_that_others_may_read_can_be_told_but_not_resumed(public: Farside) -> None:
    with public.working(public.script("slow", step("I look."), {"text": "Late.", "delay_s": 30.0}), "replied") as it:
        interrupted(it, signal.SIGKILL)
    folder = public.last
    for path in (public.home, public.home / "runs", folder.path):
        path.chmod(0o755)
    assert folder.journal.with_name("journal.db-wal").stat().st_size
    code, said = as_nobody(public, "show", "last")
    assert (code, "I look." in said) == (0, True)
    code, said = as_nobody(public, "resume", "last")
    assert (code, f"{folder.lease} cannot be written" in said) == (2, True)


def test_a_run_is_its_users_alone(public: Farside) -> None:
    before = os.umask(0)
    try:
        public.run_in("finished", {"text": "Done."})
    finally:
        os.umask(before)
    assert public.last.path.stat().st_mode & 0o777 == 0o700
    assert public("runs").code == 0
    public.home.chmod(0o755)
    (public.home / "runs").chmod(0o755)
    assert as_nobody(public, "runs")[0] == 0
