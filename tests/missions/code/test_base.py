"""Where the work begins: real repositories in every state."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.agent.home import home
from farside.errors import FarsideError
from farside.missions.code.base import Base
from farside.missions.code.copies import fill, kept
from farside.missions.code.order import Order, order
from tests.missions.code.repositories import Users, new, timesheet


def ordered(users: Users, folder: Path | None = None, test: str | None = None) -> Order:
    return order(folder or users.path, test, 300, False)


def test_the_checked_out_commit_is_worked_on_and_uncommitted_work_is_told_of(tmp_path: Path) -> None:
    users = timesheet(tmp_path / "sheet")
    users.put("README.md", "changed")
    users.put("new.txt", "new")
    users.git("add", "README.md")
    before = users.seen()
    got = ordered(users)
    head = users.git("rev-parse", "HEAD")
    assert (got.options["repository"], got.options["commit"]) == (str(users.path), head)
    assert got.options["test"] == "python -m unittest discover -v -s tests"
    assert "uncommitted changes (2 files) stay as they are and are not in the copy" in got.told
    assert users.seen() == before


def test_a_folder_in_a_repository_means_all_of_it(tmp_path: Path) -> None:
    users = timesheet(tmp_path / "sheet")
    assert ordered(users, users.path / "tests").options["repository"] == str(users.path)


def test_a_detached_head_is_worked_on_and_told_of(tmp_path: Path) -> None:
    users = timesheet(tmp_path / "sheet")
    first = users.git("rev-parse", "HEAD")
    users.put("README.md", "later")
    users.commit()
    users.git("checkout", "--quiet", first)
    got = ordered(users)
    assert got.options["commit"] == first
    assert "HEAD is detached" in got.told


def test_a_bare_repository_and_a_worktree_will_do(tmp_path: Path) -> None:
    users = timesheet(tmp_path / "sheet")
    users.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    users.git("worktree", "add", "--quiet", str(tmp_path / "tree"))
    for name in ("bare", "tree"):
        got = ordered(users, tmp_path / name)
        assert got.options["repository"] == str(tmp_path / name)
        mirror = tmp_path / f"{name}.kept"
        assert kept(Base.of(got.options), mirror) == users.git("rev-parse", "HEAD")


def test_an_empty_repository_begins_with_nothing(tmp_path: Path) -> None:
    got = ordered(new(tmp_path / "empty"))
    assert (got.options["commit"], got.options["test"]) == ("", "")
    assert "has no commit yet" in got.told


def test_without_a_repository_there_is_nothing_to_begin_with(tmp_path: Path) -> None:
    got = order(None, None, 300, False)
    assert (got.options["repository"], got.options["commit"]) == ("", "")
    assert got.told == "the work begins with nothing, in a new repository"


@pytest.mark.parametrize(
    ("make", "sentence", "next_step"),
    [
        (lambda path: path.mkdir(), "is not a git repository", "farside run GOAL --dir"),
        (lambda path: None, "is not a folder", "--repo"),
        (lambda path: new(path).commit(), "No way to run the tests", "--test 'CMD'"),
    ],
)
def test_what_cannot_be_worked_on_is_refused(tmp_path: Path, make: object, sentence: str, next_step: str) -> None:
    assert callable(make)
    make(tmp_path / "it")
    with pytest.raises(FarsideError, match=sentence) as refused:
        order(tmp_path / "it", None, 300, False)
    assert next_step in refused.value.next_step


def test_an_empty_test_command_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match="test command is empty"):
        ordered(timesheet(tmp_path / "sheet"), test=" ")


def test_the_workspace_of_a_run_is_refused() -> None:
    users = new(home() / "runs" / "0101-abcde" / "workspace")
    with pytest.raises(FarsideError, match="workspace of a run"):
        ordered(users)


def test_a_repository_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match="cannot be read from /nowhere"):
        kept(Base("/nowhere", "0" * 40), tmp_path / "base.git")
    assert not (tmp_path / "base.git").exists()


def test_the_workspace_is_a_repository_of_its_own_and_is_filled_once(tmp_path: Path) -> None:
    users = timesheet(tmp_path / "sheet")
    users.put("uncommitted.txt", "mine")
    users.put("hooks/post-checkout", "#!/bin/sh\ntouch /tmp/never-run-a-hook\n")
    users.git("config", "core.hooksPath", str(users.path / "hooks"))
    base = Base.of(ordered(users).options)
    kept(base, tmp_path / "base.git")
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (tmp_path / "workspace.new").mkdir()  # of a farside that was killed
    fill(workspace, tmp_path / "base.git")
    copy = Users(workspace)
    assert copy.git("rev-parse", "HEAD", "begin") == "\n".join([base.commit] * 2)
    assert copy.git("status", "--porcelain") == copy.git("remote") == ""
    assert not (workspace / "uncommitted.txt").exists()
    (workspace / "README.md").write_text("changed")
    fill(workspace, tmp_path / "base.git")
    assert (workspace / "README.md").read_text() == "changed"
