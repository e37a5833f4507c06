"""Bringing the index of a corpus up to date with its folder, file by file, safe beside another run that does so."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from farside.tools.below import Content, read_below
from farside.tools.corpora.corpus import Corpus
from farside.tools.corpora.database import writing
from farside.tools.corpora.passages import lines_of, passages
from farside.tools.corpora.walk import Found, walk
from farside.tools.corpora.words import spaced
from farside.tools.kinds import Kind, kind_of
from farside.tools.reasons import Unreadable

MOST = 32 * 10**6
"""Bytes of a file that is read; a larger one is named as not searchable."""
BATCH_FILES, BATCH_CHARACTERS = 64, 4_000_000
"""Written in one transaction: what was written stays when the first pass is stopped."""
RACY_NS = 2 * 10**9
"""A file changed this shortly before it was read may change again without its time showing it."""

Parse = Callable[[bytes, Kind], str]
"""Returns a document as text; raises Unreadable."""
Progress = Callable[[str, int, int], None]
"""Is told a corpus, how many of its new or changed files are read, and how many there are."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it goes into the index."""

    found: Found
    hash: str = ""
    text: str | None = None
    """None = not to be searched, for the reason in `trouble`, or known already."""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Indexer:
    """Reads one corpus into its index."""

    corpus: Corpus
    connection: sqlite3.Connection
    parse: Parse
    private: Sequence[Path]
    progress: Progress

    def refresh(self) -> None:
        """Take out what is gone and read what is new or changed.

        Raises:
            OSError: the folder itself cannot be read; the index is as before.
        """
        there = {found.path: found for found in walk(Path(self.corpus.folder).resolve(), self.private)}
        known = self._known()
        self._forget(known.keys() - there.keys())
        fresh = [found for found in there.values() if known.get(found.path) != (found.size, found.mtime_ns)]
        batch: list[Taken] = []
        for number, found in enumerate(fresh):
            self.progress(self.corpus.name, number, len(fresh))
            batch += self._read(found)
            if len(batch) >= BATCH_FILES or sum(len(taken.text or "") for taken in batch) >= BATCH_CHARACTERS:
                self._write(batch)
                batch = []
        self._write(batch)
        if fresh:
            self.progress(self.corpus.name, len(fresh), len(fresh))

    def _known(self) -> dict[str, tuple[int, int]]:
        rows = self.connection.execute("SELECT path, size, mtime_ns FROM files")
        return {path: (size, mtime_ns) for path, size, mtime_ns in rows}

    def _read(self, found: Found) -> Iterable[Taken]:
        """Read a file: one Taken, or none where it has vanished or another run was faster."""
        stored = self.connection.execute(
            "SELECT size, mtime_ns, hash, trouble FROM files WHERE path = ?", (found.path,)
        ).fetchone()
        if stored and stored[:2] == (found.size, found.mtime_ns):
            return
        if found.trouble:
            yield Taken(found, trouble=found.trouble)
            return
        try:
            content = read_below(Path(self.corpus.folder), found.path, MOST, self.private)
        except FileNotFoundError:
            return
        except Unreadable as reason:
            lasting = found.size > MOST  # rights and disks come back, and no time of the file tells of that
            yield Taken(replace(found, mtime_ns=found.mtime_ns if lasting else 0), trouble=str(reason))
            return
        digest = hashlib.sha256(content.data).hexdigest()
        seen = replace(found, size=content.size, mtime_ns=_trusted(content))
        yield Taken(seen, digest) if stored and stored[2] == digest else self._parsed(seen, digest, content.data)

    def _parsed(self, found: Found, digest: str, data: bytes) -> Taken:
        try:
            return Taken(found, digest, self.parse(data, kind_of(data, found.path)))
        except Unreadable as reason:
            return Taken(found, digest, trouble=str(reason))

    def _write(self, batch: Sequence[Taken]) -> None:
        with writing(self.connection):
            for taken in batch:
                self._put(taken)

    def _put(self, taken: Taken) -> None:
        found = taken.found
        stored = self.connection.execute("SELECT id, hash FROM files WHERE path = ?", (found.path,)).fetchone()
        if stored and stored[1] == taken.hash and taken.hash:
            self.connection.execute(
                "UPDATE files SET size = ?, mtime_ns = ? WHERE id = ?", (found.size, found.mtime_ns, stored[0])
            )
            return
        if taken.text is None and not taken.trouble:
            return  # another run has changed it meanwhile: the next refresh reads it
        if stored:
            self._take_out(stored[0], found.path)
        lines = len(lines_of(taken.text or ""))
        row = (found.path, found.size, found.mtime_ns, taken.hash, lines, taken.trouble)
        file = self.connection.execute(
            "INSERT INTO files (path, size, mtime_ns, hash, lines, trouble) VALUES (?, ?, ?, ?, ?, ?)", row
        ).lastrowid
        for passage in passages(taken.text or ""):
            number = self.connection.execute(
                "INSERT INTO passages (file, first, text) VALUES (?, ?, ?)", (file, passage.first, passage.text)
            ).lastrowid
            self.connection.execute(
                "INSERT INTO words (rowid, path, text) VALUES (?, ?, ?)", (number, found.path, spaced(passage.text))
            )

    def _forget(self, paths: Iterable[str]) -> None:
        with writing(self.connection):
            for path in paths:
                row = self.connection.execute("SELECT id FROM files WHERE path = ?", (path,)).fetchone()
                if row:
                    self._take_out(row[0], path)

    def _take_out(self, file: int, path: str) -> None:
        for number, text in self.connection.execute(
            "SELECT id, text FROM passages WHERE file = ?", (file,)
        ).fetchall():
            self.connection.execute(
                "INSERT INTO words (words, rowid, path, text) VALUES ('delete', ?, ?, ?)",
                (number, path, spaced(text)),
            )
        self.connection.execute("DELETE FROM passages WHERE file = ?", (file,))
        self.connection.execute("DELETE FROM files WHERE id = ?", (file,))


def _trusted(content: Content) -> int:
    return content.mtime_ns if content.mtime_ns < time.time_ns() - RACY_NS else 0
