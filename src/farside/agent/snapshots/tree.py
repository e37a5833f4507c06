"""A git tree: the names in one folder, each with what it is and the object that holds it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

FILE, PROGRAM, LINK, FOLDER = "100644", "100755", "120000", "40000"
"""Modes, as trees hold them."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One name in a folder."""

    name: str
    """As Python's os functions speak: what is no UTF-8 is escaped."""
    mode: str
    object: str


def encoded(leaves: Iterable[Leaf]) -> bytes:
    """Return a tree's content; the order is git's, which compares folders as if they ended in a slash."""
    rows = [(os.fsencode(leaf.name), leaf) for leaf in leaves]
    rows.sort(key=lambda row: row[0] + b"/" if row[1].mode == FOLDER else row[0])
    return b"".join(b"%s %s\0" % (leaf.mode.encode(), name) + bytes.fromhex(leaf.object) for name, leaf in rows)


def decoded(content: bytes) -> Iterator[Leaf]:
    """Yield what a tree's content holds."""
    at = 0
    while at < len(content):
        space, end = content.index(b" ", at), content.index(b"\0", at)
        name = os.fsdecode(content[space + 1 : end])
        yield Leaf(name, content[at:space].decode(), content[end + 1 : end + 21].hex())
        at = end + 21
