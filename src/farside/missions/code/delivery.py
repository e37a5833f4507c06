"""What a run leaves: a branch in the user's repository, a patch and a report; or a new repository.

The user's checked out branch, index and files are never touched.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from farside.errors import FarsideError
from farside.missions.code.base import Base
from farside.missions.code.copies import ORIGIN_OF_NOTHING
from farside.missions.code.git import IDENTITY, GitFailed, git, users_git

MOST_NAMES = 1_000
EXACT = ("-c", "core.autocrlf=false")


@dataclass(frozen=True, slots=True)
class Work:
    """What is delivered."""

    run: str
    """The run's id."""
    message: str
    """Of the commit."""
    patch: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """Where the work stands now, and the commands that show and take it; `where` is "" where it stands nowhere."""

    where: str
    commands: tuple[str, ...] = ()


def branch(work: Work, base: Base, scratch: Path) -> Taken:
    """Put the work on a branch `farside/RUN` of the user's repository; `scratch` is a folder for a temporary index.

    A branch of that name that is checked out, or that the user has gone on with, is left alone: the next is taken.

    Raises:
        GitFailed: git refuses: the repository cannot be written, or there is a branch `farside`.
    """
    at = Path(base.repository)
    index = scratch / "index"
    index.unlink(missing_ok=True)
    tree = _tree(work.patch, base.commit, at, index)
    name = next(name for name in _names(work.run) if _may_be_ours(name, tree, base, at))
    known = _known(name, at)
    if not known or ((known.message != work.message or known.tree != tree) and not _is_checked_out(name, at)):
        parents = ("-p", base.commit) if base.commit else ()
        commit = users_git("commit-tree", tree, *parents, "-m", work.message, at=at).decode().strip()
        users_git("update-ref", f"refs/heads/{name}", commit, at=at)
    there = f"git -C {shlex.quote(base.repository)}"
    shown = (f"{there} diff {base.commit[:10]} {name}", f"{there} merge {name}") if base.commit else ()
    return Taken(f"branch {name} of {base.repository}", shown or (f"{there} checkout {name}",))


def _tree(patch: bytes, commit: str, at: Path, index: Path) -> str:
    more = {"GIT_INDEX_FILE": str(index)}
    users_git("read-tree", commit or "--empty", at=at, more=more)
    if patch:
        options = ("--cached", "--binary", "--whitespace=nowarn")
        users_git(*EXACT, "apply", *options, "-", at=at, stdin=patch, more=more)
    return users_git("write-tree", at=at, more=more).decode().strip()


def _names(run: str) -> Iterator[str]:
    yield f"farside/{run}"
    yield from (f"farside/{run}-{number}" for number in range(2, MOST_NAMES))


@dataclass(frozen=True, slots=True)
class Known:
    """The last commit of a branch."""

    tree: str
    parents: str
    committer: str
    message: str


def _known(name: str, at: Path) -> Known | None:
    try:
        shown = users_git("log", "-1", "--format=%T%n%P%n%ce%n%B", f"refs/heads/{name}", "--", at=at).decode()
    except GitFailed:  # there is no such branch
        return None
    tree, parents, committer, message = shown.split("\n", 3)
    return Known(tree, parents, committer, message.strip())


def _may_be_ours(name: str, tree: str, base: Base, at: Path) -> bool:
    """Tell whether a branch is not there, or holds nothing but what a delivery wrote, and is not in use."""
    known = _known(name, at)
    if known is None:
        return True
    is_ours = (known.parents, known.committer) == (base.commit, IDENTITY["GIT_COMMITTER_EMAIL"])
    return is_ours and (known.tree == tree or not _is_checked_out(name, at))


def _is_checked_out(name: str, at: Path) -> bool:
    return f"branch refs/heads/{name}" in users_git("worktree", "list", "--porcelain", at=at).decode().splitlines()


def repository(work: Work, folder: Path) -> Taken:
    """Write the work as a new repository below `folder`; one that is there and holds something else stays.

    Raises:
        GitFailed: git refuses.
        OSError: the disk refuses.
    """
    draft = folder / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    git("init", "--quiet", "--template=", "--initial-branch=main", str(draft), at=folder)
    git("apply", "--cached", "--binary", "--whitespace=nowarn", "-", at=draft, stdin=work.patch)
    tree = git("write-tree", at=draft).decode().strip()
    commit = git("commit-tree", tree, "-m", work.message, at=draft, more=ORIGIN_OF_NOTHING).decode().strip()
    git("update-ref", "refs/heads/main", commit, at=draft)
    git("reset", "--quiet", "--hard", at=draft)
    named = (folder / f"repository{number}" for number in ("", *(f"-{each}" for each in range(2, MOST_NAMES))))
    place = next(place for place in named if not place.exists() or _holds(place, tree))
    if place.exists():
        shutil.rmtree(draft)
    else:
        draft.rename(place)
    return Taken(f"the repository {place}", (f"git clone {shlex.quote(str(place))} NAME",))


def _holds(place: Path, tree: str) -> bool:
    try:
        return git("rev-parse", "HEAD^{tree}", at=place).decode().strip() == tree
    except FarsideError:
        return False
