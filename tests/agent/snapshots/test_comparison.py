from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from farside.agent.snapshots.comparison import Kept, changes, patch
from farside.agent.snapshots.store import Store
from tests.agent.snapshots.folders import Folder, Place


@contextmanager
def kept(base: Path, ours: Folder, theirs: Folder) -> Iterator[tuple[Kept, Kept]]:
    """Give a snapshot of each folder, in a store of its own."""
    trees = []
    for name, folder in (("1", ours), ("2", theirs)):
        (base / name).mkdir()
        trees.append(Place(base / name, folder).take().tree)
    with Store(base / "1/snapshots") as left, Store(base / "2/snapshots") as right:
        yield Kept(left, trees[0]), Kept(right, trees[1])


def test_files_that_differ_are_found_in_two_stores(tmp_path: Path) -> None:
    ours: Folder = {"same/x": b"1", "a/old": b"1", "a/both": b"1\n2\n", "kind": b"file", "l": "a"}
    theirs: Folder = {"same/x": b"1", "a/new": b"1", "a/both": b"1\n3\n", "kind/in": b"x", "l": "b"}
    with kept(tmp_path, ours, theirs) as (left, right):
        found = list(changes(left, right))
        assert [(change.path, change.left is not None, change.right is not None) for change in found] == [
            ("a/both", True, True),
            ("a/new", False, True),
            ("a/old", True, False),
            ("kind", True, False),
            ("kind/in", False, True),
            ("l", True, True),
        ]
        assert patch(left.store, right.store, found[0]) == ["@@ -1,2 +1,2 @@", " 1", "-2", "+3"]
        assert list(changes(left, left)) == []


def test_what_is_no_short_text_is_not_compared_line_by_line(tmp_path: Path) -> None:
    theirs: Folder = {"long": b"y\n", "binary": b"x"}
    with kept(tmp_path, {"long": b"x\n" * 200_000, "binary": b"\0"}, theirs) as (left, right):
        assert [patch(left.store, right.store, change) for change in changes(left, right)] == [None, None]


def test_lines_that_are_much_alike_take_no_minutes(tmp_path: Path) -> None:
    lines = [f"{number**7 % 151}\n" for number in range(40_000)]
    ours: Folder = {"many": "".join(lines).encode(), "few": b"1\n" * 900}
    theirs: Folder = {"many": "".join(reversed(lines)).encode(), "few": b"2\n"}
    with kept(tmp_path, ours, theirs) as (left, right):
        few, many = (patch(left.store, right.store, change) for change in changes(left, right))
    assert (many, len(few or ())) == (None, 902)
