"""scripts/setup.sh on machines that lack something: what it says, without installing anything."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with what the set-up reads, and a `bin` in front of the PATH."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "bin").mkdir()
    for name in ("scripts/setup.sh", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def program(checkout: Path, name: str, script: str) -> Path:
    path = checkout / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def set_up(checkout: Path, *extras: str, **environment: str) -> subprocess.CompletedProcess[str]:
    search = f"{checkout / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        [checkout / "scripts" / "setup.sh", *extras],
        env={**os.environ, "PATH": search, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_names_the_command_that_installs_a_missing_python(checkout: Path) -> None:
    program(checkout, "apt-get", "exit 1")
    done = set_up(checkout, PYTHON="no-such-python")
    assert done.returncode == 1
    assert "farside needs Python 3.11 or newer; no-such-python is not there." in done.stderr
    assert "apt-get install --yes python3 python3-venv" in done.stderr


def test_an_old_python_is_not_taken(checkout: Path) -> None:
    old = program(checkout, "old", '[ "$1" = --version ] && exec echo Python 3.9.2; exit 1')
    done = set_up(checkout, PYTHON=str(old))
    assert f"farside needs Python 3.11 or newer; {old} is Python 3.9.2." in done.stderr


def test_names_the_package_of_a_missing_ensurepip(checkout: Path) -> None:
    """Debian's python3 without python3-venv."""
    program(checkout, "apt-get", "exit 1")
    bare = program(checkout, "bare", f'case "$*" in *ensurepip*) exit 1;; esac; exec "{sys.executable}" "$@"')
    done = set_up(checkout, PYTHON=str(bare))
    assert done.returncode == 1
    assert f"{bare} cannot make a virtual environment" in done.stderr
    assert f"apt-get install --yes python3.{sys.version_info.minor}-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_names_how_much_disk_is_missing_and_where(checkout: Path) -> None:
    program(
        checkout,
        "df",
        "echo Filesystem 1M-blocks Used Available Capacity Mounted; echo x 100 93 7 93% /small",
    )
    done = set_up(checkout, "local", XDG_CACHE_HOME=str(checkout / "cache"))
    assert done.returncode == 1
    assert "1200 MB for the embedded model in" in done.stderr
    assert "are needed on /small, where 7 MB are free." in done.stderr


def test_a_current_stamp_ends_the_set_up_at_once(checkout: Path) -> None:
    """The stamp is a hash of what the set-up reads: touched files do not renew it, changed ones do."""
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/bin/python").symlink_to("/bin/true")
    (checkout / "scripts/setup.sh").touch()
    assert set_up(checkout).returncode == 0
    assert set_up(checkout).stderr == ""
    with (checkout / "constraints.txt").open("a") as constraints:
        constraints.write("# changed\n")
    assert "Installing farside" in set_up(checkout).stderr


def test_an_unknown_extra_is_named(checkout: Path) -> None:
    done = set_up(checkout, "everything")
    assert (done.returncode, "no extra named everything" in done.stderr) == (1, True)


def test_every_extra_can_be_set_up() -> None:
    known = re.findall(r"^    (\w+)\)", (ROOT / "scripts" / "setup.sh").read_text(), re.MULTILINE)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert sorted(known) == sorted(extras)
