"""Writing a snapshot out: into a new or empty folder, all of it or nothing."""

from pathlib import Path

import pytest

from farside.errors import FarsideError
from tests.agent.snapshots.folders import Place, found


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    place = Place(tmp_path, {"a": b"1"})
    tree = place.take().tree
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name, told in (("full", "is not empty, and nothing in it was touched"), ("file", "is not a folder")):
        with pytest.raises(FarsideError, match=told) as refused:
            place.write_out(tree, tmp_path / name)
        assert "Name a new folder" in refused.value.next_step
    assert (found(tmp_path / "full"), (tmp_path / "file").read_text()) == ({"mine": b"mine"}, "mine")


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    place = Place(tmp_path, {"a": b"1", "b": None})
    (tmp_path / "out").mkdir()
    assert place.write_out(place.take().tree, tmp_path / "out") == 1
    assert found(tmp_path / "out") == {"a": b"1", "b": None}


@pytest.mark.parametrize("existed", [True, False])
def test_what_is_broken_off_leaves_nothing_behind(tmp_path: Path, existed: bool) -> None:
    place = Place(tmp_path, {"a/b": b"1", "c": b"2", "l": "c"})
    tree = place.take().tree
    if existed:
        (tmp_path / "out").mkdir()

    def stop(files: int) -> None:
        if files == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.write_out(tree, tmp_path / "out", stop)
    assert (tmp_path / "out").exists() == existed
    assert found(tmp_path / "out") == {}


def test_damage_is_found_and_named(tmp_path: Path) -> None:
    place = Place(tmp_path, {"a": b"the content" * 100})
    tree = place.take().tree
    (pack,) = place.store.rglob("*.pack")
    content = bytearray(pack.read_bytes())
    content[20] ^= 255
    pack.write_bytes(content)
    with pytest.raises(FarsideError, match="are damaged"):
        place.write_out(tree, tmp_path / "out")
    pack.with_suffix(".idx").write_bytes(b"torn")
    with pytest.raises(FarsideError, match="are damaged"):
        place.write_out(tree, tmp_path / "out")
    assert not (tmp_path / "out").exists()
