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


def encoded(entries: Iterable[tuple[str, str, str]]) -> bytes:
    """Return the content of a tree of names, modes and objects.

    The order is git's, which compares folders as if they ended in a slash.
    """
    rows = [(os.fsencode(f"{name}/" if mode == FOLDER else name), mode, held) for name, mode, held in entries]
    rows.sort()
    return b"".join(
        [b"%b %b\0%b" % (mode.encode(), name.rstrip(b"/"), bytes.fromhex(held)) for name, mode, held in rows]
    )


def decoded(content: bytes) -> Iterator[Leaf]:
    """Yield what a tree's content holds."""
    at = 0
    while at < len(content):
        space, end = content.index(b" ", at), content.index(b"\0", at)
        name = os.fsdecode(content[space + 1 : end])
        yield Leaf(name, content[at:space].decode(), content[end + 1 : end + 21].hex())
        at = end + 21
