"""Real git repositories for tests: a user's, with a user's name and settings."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

TIMESHEET = Path(__file__).parents[3] / "examples" / "timesheet"
"""A small program with a real bug, which one of its tests shows."""
FIX = {
    "path": "timesheet/clock.py",
    "old": "minutes(end) - minutes(start)",
    "new": "(minutes(end) - minutes(start)) % 1440",
}


@dataclass(frozen=True)
class Users:
    """A repository of a user's."""

    path: Path

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=Una", "-c", "user.email=una@example.org")
        command = ["git", *identity, *arguments]
        return subprocess.run(command, cwd=self.path, check=True, capture_output=True, text=True).stdout.strip()

    def write(self, **files: str | None) -> None:
        """Write files (None: delete); `__` in a name is a slash, and what follows the last `_` its suffix."""
        for name, text in files.items():
            stem, _, suffix = name.replace("__", "/").rpartition("_")
            self.put(f"{stem}.{suffix}", text)

    def put(self, path: str, text: str | None) -> None:
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True) if text is None else file.write_text(text)

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", "As it is")
        return self.git("rev-parse", "HEAD")

    def seen(self) -> tuple[str, ...]:
        """Return what a run must leave as it is: HEAD, the branches but farside's, the index and the files."""
        branches = [
            line
            for line in self.git("branch", "--format=%(refname) %(objectname)").splitlines()
            if "farside" not in line
        ]
        files = sorted(
            f"{path}:{path.read_bytes()!r}"
            for path in self.path.rglob("*")
            if path.is_file() and ".git" not in path.parts
        )
        index = (self.path / ".git" / "index").read_bytes() if (self.path / ".git" / "index").exists() else b""
        return (self.git("status", "--porcelain", "--branch"), repr(index), *branches, *files)


def new(path: Path) -> Users:
    """Make an empty repository."""
    path.mkdir(parents=True)
    users = Users(path)
    users.git("init", "--quiet", "--initial-branch=main")
    return users


def timesheet(path: Path) -> Users:
    """Make a repository of the program with the bug, with one commit."""
    users = new(path)
    shutil.copytree(TIMESHEET, path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    users.commit()
    return users
