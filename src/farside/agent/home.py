"""Where runs live: FARSIDE_HOME/runs/ID/."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from farside.config import config_files
from farside.errors import FarsideError

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The files of one run."""

    path: Path

    @property
    def id(self) -> str:
        """The name by which the user calls the run."""
        return self.path.name

    @property
    def journal(self) -> Path:
        """The SQLite file of its events."""
        return self.path / "journal.db"

    @property
    def blobs(self) -> Path:
        """Large outputs and snapshots."""
        return self.path / "blobs"

    @property
    def pages(self) -> Path:
        """The list of the pages that were read."""
        return self.path / "pages"

    @property
    def workspace(self) -> Path:
        """The folder that is worked on where the user named none."""
        return self.path / "workspace"

    @property
    def snapshots(self) -> Path:
        """The git repository that holds earlier states of the workspace."""
        return self.path / "snapshots"

    @property
    def scratch(self) -> Path:
        """What the sandbox's owner notes about its processes."""
        return self.path / "sandbox"

    @property
    def begun(self) -> Path:
        """An empty file as old as the run."""
        return self.path / "begun"

    @property
    def lease(self) -> Path:
        """The file that is locked by the process that works on the run."""
        return self.path / "lease"


def home() -> Path:
    """Return FARSIDE_HOME, else the user's data folder."""
    if named := os.environ.get("FARSIDE_HOME"):
        return Path(named).absolute()
    from platformdirs import user_data_path

    return user_data_path("farside")


def private() -> tuple[Path, ...]:
    """Return what an agent must not see, and no snapshot hold: all runs, and the files that may hold keys."""
    return (home(), *config_files())


def new_run() -> RunFolder:
    """Make the folder of a new run.

    Raises:
        FarsideError: the folder cannot be made.
    """
    import secrets

    name = time.strftime("%m%d-") + "".join(secrets.choice(ALPHABET) for _ in range(5))
    folder = RunFolder(home() / "runs" / name)
    try:
        folder.path.mkdir(mode=0o700, parents=True)
        folder.path.chmod(0o700)  # whatever the umask: a journal holds the whole conversation
        folder.workspace.mkdir()
        folder.scratch.mkdir()
        folder.begun.touch()
    except OSError as error:
        raise FarsideError(
            f"{folder.path} cannot be made ({error.strerror}).",
            "Set FARSIDE_HOME to a folder that you can write.",
        ) from error
    return folder


def all_runs() -> list[RunFolder]:
    """Return the runs there are, the newest first; those of another user, which are closed, are left out.

    Raises:
        FarsideError: the folder of runs cannot be read.
    """
    folder = home() / "runs"
    try:
        found = [RunFolder(path) for path in folder.iterdir()] if folder.is_dir() else []
    except OSError as error:
        raise FarsideError(
            f"{folder} cannot be read ({error.strerror}).",
            "Change its rights, or set FARSIDE_HOME to a folder of yours.",
        ) from error
    runs = [run for run in found if os.path.exists(run.journal) and os.path.exists(run.begun)]  # noqa: PTH110
    return sorted(runs, key=lambda run: run.begun.stat().st_mtime_ns, reverse=True)


def find_run(name: str) -> RunFolder:
    """Return the run whose id starts or ends with `name`; `last` is the newest.

    Raises:
        FarsideError: there is none, or more than one.
    """
    runs = all_runs()
    if name == "last" and runs:
        return runs[0]
    found = [run for run in runs if run.id == name] or [
        run for run in runs if name and (run.id.startswith(name) or run.id.endswith(name))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise FarsideError(f"{name} could be {', '.join(run.id for run in found[:5])}.", "Name one of them in full.")
    raise FarsideError(f"There is no run {name}.", "`farside runs` lists the runs there are.")
