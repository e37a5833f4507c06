"""The branch in a user's repository, and the new repository: what is there stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.missions.code.base import Base, base_of
from farside.missions.code.delivery import Taken, Work, branch, repository
from farside.missions.code.git import GitFailed
from tests.missions.code.repositories import Users, timesheet

PATCH = b"""diff --git a/new.txt b/new.txt
new file mode 100644
--- /dev/null
+++ b/new.txt
@@ -0,0 +1 @@
+new
"""
WORK = Work("0101-abcde", "Add a file", PATCH)


def put(users: Users, work: Work = WORK, at: Path | None = None) -> Taken:
    return branch(work, base_of(at or users.path), users.path.parent)


def names(users: Users) -> list[str]:
    return users.git("branch", "--list", "farside*", "--format=%(refname:short)").splitlines()


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return timesheet(tmp_path / "sheet")


def test_a_branch_is_made_without_touching_anything_else(users: Users) -> None:
    users.put("staged.txt", "x")
    users.git("add", "staged.txt")
    users.put("README.md", "unfinished")
    users.git("config", "core.autocrlf", "true")
    before = users.seen()
    assert put(users).where == f"branch farside/0101-abcde of {users.path}"
    assert users.seen() == before
    assert users.git("show", "farside/0101-abcde:new.txt") == "new"
    assert (
        users.git("log", "-1", "--format=%an %ae %s", "farside/0101-abcde") == "farside farside@localhost Add a file"
    )


def test_the_same_work_again_is_the_same_commit_and_other_work_takes_its_place(users: Users) -> None:
    put(users)
    first = users.git("rev-parse", "farside/0101-abcde")
    put(users)
    assert users.git("rev-parse", "farside/0101-abcde") == first
    put(users, Work("0101-abcde", "Add another", PATCH.replace(b"+new\n", b"+newer\n")))
    assert users.git("show", "farside/0101-abcde:new.txt") == "newer"
    assert names(users) == ["farside/0101-abcde"]


def test_a_branch_that_is_worked_on_elsewhere_is_left_alone(users: Users, tmp_path: Path) -> None:
    put(users)
    users.git("worktree", "add", "--quiet", str(tmp_path / "tree"), "farside/0101-abcde")
    put(users, Work("0101-abcde", "Add another", PATCH.replace(b"+new\n", b"+newer\n")))
    assert users.git("show", "farside/0101-abcde:new.txt") == "new"
    assert users.git("show", "farside/0101-abcde-2:new.txt") == "newer"


def test_a_bare_repository_gets_its_branch(users: Users, tmp_path: Path) -> None:
    users.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    put(users, at=tmp_path / "bare")
    assert names(Users(tmp_path / "bare")) == ["farside/0101-abcde"]


def test_a_branch_that_stands_in_the_way_is_named_by_git(users: Users) -> None:
    users.git("branch", "farside")
    with pytest.raises(GitFailed, match="refs/heads/farside"):
        put(users)


@pytest.mark.parametrize("path", ["../outside.txt", ".git/config", "/etc/outside"])
def test_a_patch_cannot_lead_out_of_the_repository(users: Users, path: str) -> None:
    evil = PATCH.replace(b"b/new.txt", f"b/{path}".encode()).replace(b"a/new.txt", f"a/{path}".encode())
    before = users.seen()
    with pytest.raises(GitFailed):
        put(users, Work("0101-abcde", "Evil", evil))
    assert (users.seen(), names(users)) == (before, [])


def test_a_new_repository_is_written_once_and_one_that_holds_something_else_stays(tmp_path: Path) -> None:
    first = repository(WORK, tmp_path)
    assert first.where == f"the repository {tmp_path / 'repository'}"
    assert (tmp_path / "repository" / "new.txt").read_text() == "new\n"
    assert repository(WORK, tmp_path) == first
    users = Users(tmp_path / "repository")
    users.put("mine.txt", "mine")
    users.commit()
    assert repository(WORK, tmp_path).where == f"the repository {tmp_path / 'repository-2'}"
    assert (tmp_path / "repository" / "mine.txt").read_text() == "mine"


def test_nothing_at_all_is_the_base_of_a_first_commit(tmp_path: Path) -> None:
    users = Users(tmp_path / "empty")
    users.path.mkdir()
    users.git("init", "--quiet")
    branch(WORK, Base(str(users.path), ""), tmp_path)
    assert users.git("rev-list", "--count", "farside/0101-abcde") == "1"
