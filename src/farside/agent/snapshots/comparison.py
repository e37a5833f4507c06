"""What is different between two snapshots, of the same run or of two."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from farside.agent.snapshots.restore import leaves
from farside.agent.snapshots.store import Store
from farside.agent.snapshots.tree import FOLDER, Leaf, decoded

COMPARED = 200_000
"""Bytes of a file that are compared line by line; of a larger one it is only said that it differs."""


PAIRS = 1_000_000
"""Pairs of equal lines, one of each side, up to which files are compared line by line: the time is theirs (0.5 s)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot and the store that has it."""

    store: Store
    tree: str


@dataclass(frozen=True, slots=True)
class Change:
    """One file or link that is not the same on both sides; None where a side has none of that name."""

    path: str
    left: Leaf | None
    right: Leaf | None


def changes(left: Kept, right: Kept, folder: str = "") -> Iterator[Change]:
    """Yield the files that differ, in order of their paths. Folders that are the same are not entered.

    Raises:
        FarsideError: a store is damaged.
    """
    if left.tree == right.tree:
        return
    ours = {leaf.name: leaf for leaf in decoded(left.store.read(left.tree))}
    theirs = {leaf.name: leaf for leaf in decoded(right.store.read(right.tree))}
    for name in sorted({*ours, *theirs}):
        one, other = ours.get(name), theirs.get(name)
        if one == other:
            continue
        path = f"{folder}/{name}" if folder else name
        if one and other and one.mode == other.mode == FOLDER:
            yield from changes(Kept(left.store, one.object), Kept(right.store, other.object), path)
        else:
            yield from _apart(left, right, path, one, other)


def _apart(left: Kept, right: Kept, path: str, one: Leaf | None, other: Leaf | None) -> Iterator[Change]:
    """Yield the change of a name that is not a folder on both sides."""
    if one and other and FOLDER not in (one.mode, other.mode):
        yield Change(path, one, other)
        return
    for inner, leaf in _files(left.store, path, one):
        yield Change(inner, leaf, None)
    for inner, leaf in _files(right.store, path, other):
        yield Change(inner, None, leaf)


def _files(store: Store, path: str, leaf: Leaf | None) -> Iterator[tuple[str, Leaf]]:
    if leaf and leaf.mode == FOLDER:
        yield from ((inner, found) for inner, found in leaves(store, leaf.object, path) if found.mode != FOLDER)
    elif leaf:
        yield path, leaf


def patch(left: Store, right: Store, change: Change) -> list[str] | None:
    """Return a change as the lines of a unified diff without its heading.

    None where a side is no short text, or so alike in its lines that it would take long.

    Raises:
        FarsideError: a store is damaged.
    """
    ours, theirs = _lines(left, change.left), _lines(right, change.right)
    if ours is None or theirs is None or _pairs(ours, theirs) > PAIRS:
        return None
    return list(difflib.unified_diff(ours, theirs, lineterm=""))[2:]


def _lines(store: Store, leaf: Leaf | None) -> list[str] | None:
    if leaf is None:
        return []
    content = b""
    for chunk in store.chunks(leaf.object):
        content += chunk
        if len(content) > COMPARED or b"\0" in chunk:
            return None
    return content.decode(errors="replace").splitlines()


def _pairs(ours: list[str], theirs: list[str]) -> int:
    """Return how many pairs of equal lines difflib looks at.

    It passes over lines that a long text repeats in more than one place of a hundred.
    """
    left, right = Counter(ours), Counter(theirs)
    popular = len(theirs) // 100 + 1 if len(theirs) >= 200 else len(theirs)
    return sum(number * right[line] for line, number in left.items() if right[line] <= popular)
