"""Where the work begins: a commit of the user's repository, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from farside.agent.home import home
from farside.errors import FarsideError
from farside.missions.code.git import GitFailed, users_git

OUTSIDE = "Work on the folder in place instead: farside run GOAL --dir {folder}"


@dataclass(frozen=True, slots=True)
class Base:
    """The commit that is worked on."""

    repository: str = ""
    """Absolute path of the top of the user's repository; "" = there is none, the work begins with nothing."""
    commit: str = ""
    """Its whole name; "" = the repository has no commit yet."""

    @classmethod
    def of(cls, options: dict[str, str]) -> Base:
        """Return what the options of a run name."""
        return cls(options.get("repository", ""), options.get("commit", ""))


def base_of(folder: Path) -> Base:
    """Return the commit that is checked out in the repository of a folder.

    Raises:
        FarsideError: it is no folder, no git repository, or the workspace of a run.
    """
    if not folder.is_dir():
        raise FarsideError(f"{folder} is not a folder.", "Name a git repository with --repo.")
    _refuse_a_runs(folder.resolve())
    top = _top(folder)
    try:
        commit = users_git("rev-parse", "--verify", "--quiet", "HEAD^{commit}", at=top).decode().strip()
    except GitFailed:  # nothing was ever committed
        commit = ""
    return Base(str(top), commit)


def _refuse_a_runs(folder: Path) -> None:
    """An agent wrote there, the repository's own settings too, which name programs that git runs."""
    runs = (home() / "runs").resolve()
    if folder.is_relative_to(runs) and folder.relative_to(runs).parts[1:2] == ("workspace",):
        raise FarsideError(
            f"{folder} is the workspace of a run.", "Copy its files into a repository of your own first."
        )


def _top(folder: Path) -> Path:
    try:
        if users_git("rev-parse", "--is-bare-repository", at=folder).strip() == b"true":
            return folder.resolve()
        return Path(users_git("rev-parse", "--show-toplevel", at=folder).decode().rstrip("\n"))
    except GitFailed as error:
        if "not a git repository" not in str(error):
            raise FarsideError(
                f"{folder} cannot be used as a git repository ({error}).", f"Run `git -C {folder} status` there."
            ) from error
        raise FarsideError(
            f"{folder} is not a git repository.",
            f"Make it one (git init, git add, git commit). {OUTSIDE.format(folder=folder)}",
        ) from error


def told(base: Base) -> str:
    """Return what a user is told of the beginning, above all what becomes of work that is not committed."""
    if not base.repository:
        return "the work begins with nothing, in a new repository"
    where = f"the work is done in a copy of {base.repository}"
    if not base.commit:
        return f"{where}, which has no commit yet; what lies there uncommitted stays as it is and is not in the copy"
    return f"{where} at commit {base.commit[:10]}{_detached(base)}{_uncommitted(base)}"


def _detached(base: Base) -> str:
    try:
        users_git("symbolic-ref", "--quiet", "HEAD", at=Path(base.repository))
    except GitFailed:
        return " (HEAD is detached)"
    return ""


def _uncommitted(base: Base) -> str:
    try:
        lines = users_git("status", "--porcelain", at=Path(base.repository)).splitlines()
    except GitFailed:  # a bare repository has no files
        return ""
    if not lines:
        return ""
    files = f"{len(lines)} file{'s' * (len(lines) > 1)}"
    return f"; uncommitted changes ({files}) stay as they are and are not in the copy"
