"""The index of one corpus as an SQLite file in the user's cache; whatever is wrong with it, it is made anew."""

from __future__ import annotations

import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import platformdirs

from farside.errors import FarsideError
from farside.tools.corpora.corpus import Corpus

VERSION = 2
"""Of the tables and of the way documents become text: another one is made anew."""
PATIENCE = 30.0
"""Seconds to wait for another farside that writes to the same index."""
TABLES = """
CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    hash TEXT NOT NULL,
    lines INTEGER NOT NULL,
    trouble TEXT NOT NULL
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    file INTEGER NOT NULL REFERENCES files (id),
    first INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX passages_of_file ON passages (file);
CREATE VIRTUAL TABLE words USING fts5 (path, text, content='', tokenize='porter unicode61 remove_diacritics 2');
"""
"""`words` keeps no text of its own: a row is taken out by telling it once more what was put in."""


def place(corpus: Corpus) -> Path:
    """Return the index file of a corpus: one for each folder, whatever it is called."""
    name = hashlib.sha256(str(Path(corpus.folder).resolve()).encode(errors="surrogateescape")).hexdigest()[:24]
    return Path(platformdirs.user_cache_dir("farside")) / "corpora" / f"{name}.db"


def connect(path: Path) -> sqlite3.Connection:
    """Open the index, made anew where there is none, it is of another version, or damaged.

    Raises:
        FarsideError: the cache cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(path.with_suffix(".lock")):
            return _opened_or_new(path)
    except (OSError, sqlite3.Error) as error:
        raise FarsideError(
            f"The index {path} cannot be made ({error}).",
            "Make room there, or name another place with XDG_CACHE_HOME.",
        ) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep others from making the same index at the same time: SQLite does not wait where a file is made."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _opened_or_new(path: Path) -> sqlite3.Connection:
    try:
        return _opened(path)
    except sqlite3.OperationalError:  # busy, or the disk is full: the index itself is as it should be
        raise
    except sqlite3.DatabaseError:
        discard(path)
        return _opened(path)


def discard(path: Path) -> None:
    """Remove an index: it holds nothing that cannot be had again."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        path.chmod(0o600)  # it holds the text of the user's files
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        with writing(connection):
            _make_tables(connection)
        connection.execute("SELECT count(*) FROM words WHERE words MATCH 'farside'").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables in a new file; of an older version nothing is kept."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version not in (0, VERSION):
        raise sqlite3.DatabaseError("of another version")
    if version == 0:
        for statement in TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all or nothing, with other writers kept out from the beginning."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open an index for a while."""
    with closing(connect(path)) as connection:
        yield connection
