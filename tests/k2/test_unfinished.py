"""A folder that takes long to write: whole in its place, or as it was left beside it."""

from pathlib import Path

import pytest

from farside.errors import FarsideError
from farside.k2.unfinished import check_place, check_room, unfinished

JOB = {"from": "these"}


def test_it_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "a"
    with unfinished(target, JOB) as folder:
        (folder / "file").write_text("1")
        assert not target.exists()
    assert [(path.name, path.read_text()) for path in target.iterdir()] == [("file", "1")]
    assert [path.name for path in target.parent.iterdir()] == ["a"]


def break_off(target: Path, file: str | None) -> None:
    with pytest.raises(KeyboardInterrupt), unfinished(target, JOB) as folder:
        if file:
            (folder / file).write_text("1")
        raise KeyboardInterrupt


def test_what_is_whole_stays_for_the_next_try(tmp_path: Path) -> None:
    break_off(tmp_path / "a", "file")
    with unfinished(tmp_path / "a", JOB) as folder:
        assert (folder / "file").read_text() == "1"
    assert (tmp_path / "a" / "file").is_file()


def test_nothing_stays_where_nothing_was_written(tmp_path: Path) -> None:
    break_off(tmp_path / "a", None)
    assert list(tmp_path.iterdir()) == []


def test_another_job_does_not_go_on_there(tmp_path: Path) -> None:
    break_off(tmp_path / "a", "file")
    with pytest.raises(FarsideError, match="begun from other weights"), unfinished(tmp_path / "a", {"from": "those"}):
        pass
    assert (tmp_path / "a.partial" / "file").is_file()


def test_two_cannot_write_at_once(tmp_path: Path) -> None:
    with unfinished(tmp_path / "a", JOB) as folder:
        (folder / "file").touch()
        with pytest.raises(FarsideError, match="Another process is writing"), unfinished(tmp_path / "a", JOB):
            pass
    assert (tmp_path / "a" / "file").is_file()


def test_a_place_that_is_taken_is_refused(tmp_path: Path) -> None:
    check_place(tmp_path)
    (tmp_path / "file").touch()
    for taken in (tmp_path, tmp_path / "file", tmp_path / ".."):
        with pytest.raises(FarsideError, match="exists already"):
            check_place(taken)
    for nameless in (Path("/"), Path()):
        with pytest.raises(FarsideError, match="has no name of its own"):
            check_place(nameless)
    with (
        pytest.raises(FarsideError, match="cannot be written: Not a directory"),
        unfinished(tmp_path / "file/a", JOB),
    ):
        pass


def test_a_link_cannot_be_replaced_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for link, place in (("a", "empty"), ("b", "nowhere")):
        (tmp_path / link).symlink_to(tmp_path / place)
        with pytest.raises(FarsideError, match=f"{link} is a link or a mount point"):
            check_place(tmp_path / link)
    with pytest.raises(FarsideError, match="/proc is a link or a mount point"):
        check_place(Path("/proc"))


def test_a_disk_that_gives_out_is_said(tmp_path: Path) -> None:
    wrong = pytest.raises(FarsideError, match=r"a\.partial cannot be written: Is a directory")
    with wrong, unfinished(tmp_path / "a", JOB) as folder:
        folder.write_text("")
    assert list(tmp_path.iterdir()) == []


def test_too_little_room_is_refused(tmp_path: Path) -> None:
    check_room(tmp_path / "a", 1, "It")
    with pytest.raises(FarsideError, match=r"It needs 1000000000\.0 GB in .*; \d+\.\d GB are free"):
        check_room(tmp_path / "not" / "there" / "a", 10**18, "It")
