"""The run's own copies of what it begins with: a repository that no agent can write, and the workspace."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

from farside.errors import FarsideError
from farside.missions.code.base import Base
from farside.missions.code.git import GitFailed, git, users_git

BRANCH = "refs/heads/work"
DEPTH = 50
"""Commits of history that the agent is given to look at."""
SHA256 = 64
"""Digits of a name in a repository that uses SHA-256."""
ORIGIN_OF_NOTHING = {f"GIT_{who}_DATE": "2000-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")}
"""The first commit of a new repository is the same in every run."""


def kept(base: Base, at: Path) -> str:
    """Keep the commit and its history at `at`, a bare repository, if it is not there; return the commit's name.

    An empty repository, and none at all, begin with a commit without files.

    Raises:
        FarsideError: the user's repository or its commit is gone.
    """
    if not at.exists():
        draft = _fresh(at)
        git("init", "--quiet", "--bare", "--template=", hashed(base.commit), str(draft), at=draft.parent)
        _excluding(draft)
        if base.commit:
            _fetch(base, draft)
        else:
            _begin(draft)
        draft.rename(at)
    return git("rev-parse", BRANCH, at=at).decode().strip()


def _fresh(at: Path) -> Path:
    """Return the place for a draft; what a killed farside left there is removed."""
    draft = at.with_name(f"{at.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    return draft


def _fetch(base: Base, into: Path) -> None:
    """Take what the commit needs; a submodule is a repository of its own and stays out."""
    source = ["--no-tags", "--no-recurse-submodules", f"--depth={DEPTH}", base.repository]
    try:
        users_git("fetch", "--quiet", *source, f"+{base.commit}:{BRANCH}", at=into)
    except GitFailed as error:
        raise FarsideError(
            f"Commit {base.commit[:10]} cannot be read from {base.repository} ({error}).",
            "Put the repository back where it was, or start a new run.",
        ) from error


def _begin(repository: Path) -> None:
    tree = git("mktree", at=repository).decode().strip()
    commit = git("commit-tree", tree, "-m", "Begin", at=repository, more=ORIGIN_OF_NOTHING).decode().strip()
    git("update-ref", BRANCH, commit, at=repository)


def fill(workspace: Path, mirror: Path) -> None:
    """Check the commit out into the run's workspace, with its history; do nothing where that was done."""
    if any(workspace.iterdir()):
        return
    draft = _fresh(workspace)
    quietly = ("--quiet", "--template=", "--no-hardlinks", "--branch", BRANCH.rpartition("/")[2])
    git("clone", *quietly, str(mirror), str(draft), at=mirror)
    git("remote", "remove", "origin", at=draft)
    git("tag", "begin", at=draft)
    _excluding(draft / ".git")
    for name, value in (("name", "farside"), ("email", "farside@localhost")):
        git("config", f"user.{name}", value, at=draft)
    draft.rename(workspace)


def linked(mirror: Path, into: Path) -> None:
    """Make a repository that borrows the mirror's objects, at its commit, with nothing checked out yet."""
    name, commit = BRANCH.rpartition("/")[2], git("rev-parse", BRANCH, at=mirror).decode().strip()
    git("init", "--quiet", "--template=", hashed(commit), f"--initial-branch={name}", str(into), at=mirror)
    (into / ".git/objects/info/alternates").write_text(f"{mirror / 'objects'}\n")
    if (mirror / "shallow").exists():
        shutil.copy(mirror / "shallow", into / ".git/shallow")
    git("update-ref", BRANCH, commit, at=into)


def hashed(commit: str) -> str:
    """Return git's option for the kind of hash that a commit is named with."""
    return f"--object-format={'sha256' if len(commit) == SHA256 else 'sha1'}"


def _excluding(git_folder: Path) -> None:
    """Leave out what tools write beside the work, whether or not the repository ignores it itself."""
    (git_folder / "info").mkdir(exist_ok=True)
    (git_folder / "info" / "exclude").write_text((files(__package__) / "exclude.txt").read_text())
