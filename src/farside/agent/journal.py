"""The journal: append-only events, one SQLite file a run. The only truth, and the one way to disk.

One process appends (the one that holds the run's lease). Others only post to the inbox: what they say becomes an
event when the run takes it up at its next boundary.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from farside.agent.codec import decode, encode
from farside.agent.events import CallFinished, Consulted, Event
from farside.agent.read_only import opened_to_read
from farside.agent.well_formed import well_formed
from farside.errors import FarsideError

MIGRATIONS: list[Callable[[sqlite3.Connection], object]] = []


def _migration(function: Callable[[sqlite3.Connection], object]) -> None:
    MIGRATIONS.append(function)


@_migration
def _m001_events_and_inbox(db: sqlite3.Connection) -> None:
    db.execute(
        "CREATE TABLE events (seq INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL)"
    )
    db.execute("CREATE TABLE inbox (id INTEGER PRIMARY KEY, at REAL NOT NULL, text TEXT NOT NULL)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event with the number and time that the journal gave it."""

    seq: int
    at: float
    """Unix time in seconds."""
    event: Event


class Journal:
    """The journal of one run. Every method that touches the file raises FarsideError where the disk or file fails.

    One that is `read_only` can be read where nothing can be written, and appends nothing.
    """

    def __init__(self, path: Path, *, create: bool = False, read_only: bool = False) -> None:
        self.path = path
        if not create and not path.exists():
            raise FarsideError(f"There is no journal at {path}.", "`farside runs` lists the runs there are.")
        with self._clear_errors():
            if read_only:
                self._db = opened_to_read(path)
                self._refuse_newer(self._version())
                return
            self._db = sqlite3.connect(path, isolation_level=None, timeout=10)
            self._refuse_newer(self._version())
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._migrate()

    def _refuse_newer(self, version: int) -> None:
        if version > len(MIGRATIONS):
            raise FarsideError(
                f"The journal {self.path} was written by a newer farside (format {version}, this one knows "
                f"{len(MIGRATIONS)}).",
                "Update farside; nothing was changed.",
            )

    def _migrate(self) -> None:
        version = self._version()
        while version < len(MIGRATIONS):
            self._db.execute("BEGIN IMMEDIATE")
            version = self._version()  # another process may have been faster
            if version < len(MIGRATIONS):
                MIGRATIONS[version](self._db)
                self._db.execute(f"PRAGMA user_version={version + 1}")
            self._db.execute("COMMIT")

    def _version(self) -> int:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        return int(version)

    def append(self, *events: Event) -> list[Entry]:
        """Append events in one transaction: after return they survive a power cut, before it none of them exists."""
        at = time.time()
        return self._append([(at, event) for event in events])

    def adopt(self, entries: Iterable[Entry]) -> list[Entry]:
        """Append events of another journal in one transaction: they keep their times and get new numbers."""
        return self._append([(entry.at, entry.event) for entry in entries])

    def _append(self, timed: Sequence[tuple[float, Event]]) -> list[Entry]:
        rows = [(at, event.kind, encode(event)) for at, event in timed]
        with self._clear_errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                seqs = [self._insert(row) for row in rows]
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        return [Entry(seq, at, event) for seq, (at, event) in zip(seqs, timed, strict=True)]

    def _insert(self, row: tuple[float, str, str]) -> int:
        seq = self._db.execute("INSERT INTO events (at, kind, body) VALUES (?, ?, ?)", row).lastrowid
        assert seq is not None
        return seq

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Yield the events with a number above `after`, in order."""
        with self._clear_errors():
            rows = self._db.execute(
                "SELECT seq, at, body FROM events WHERE seq > ? ORDER BY seq", (after,)
            ).fetchall()
        for seq, at, body in rows:
            yield Entry(seq, at, self._decoded(seq, body))

    def _decoded(self, seq: int, body: str) -> Event:
        try:
            return decode(body)
        except ValueError as error:
            raise FarsideError(
                f"Event {seq} of {self.path} is not readable ({str(error).splitlines()[0]}).",
                "The file is left as it is; restore it from a backup, or start a new run.",
            ) from error

    def last(self, *kinds: str, having: str = "$.kind") -> Event | None:
        """Return the last event of these kinds that has something at a JSON path, or None."""
        query = (
            f"SELECT seq, body FROM events WHERE kind IN ({', '.join('?' * len(kinds))}) "
            "AND json_extract(body, ?) != '' ORDER BY seq DESC LIMIT 1"
        )
        with self._clear_errors():
            row = self._db.execute(query, (*kinds, having)).fetchone()
        return self._decoded(*row) if row else None

    def outcome(self, call_id: str) -> CallFinished | None:
        """Return the outcome of a call, or None when it has none."""
        event = self._first("call_finished", "$.call_id", call_id)
        return event if isinstance(event, CallFinished) else None

    def answer(self, key: str) -> str | None:
        """Return the answer that a question with this key had, or None when it was not asked."""
        event = self._first("consulted", "$.key", key)
        return event.text if isinstance(event, Consulted) else None

    def _first(self, kind: str, path: str, value: str) -> Event | None:
        """Return the first event of a kind that has `value` at a JSON path."""
        query = "SELECT body FROM events WHERE kind = ? AND json_extract(body, ?) = ? ORDER BY seq LIMIT 1"
        with self._clear_errors():
            row = self._db.execute(query, (kind, path, value)).fetchone()
        return decode(row[0]) if row else None

    def post(self, text: str) -> int:
        """Leave words of the user for the run; return the row's number. Any process may."""
        with self._clear_errors():
            said = (time.time(), well_formed(text))
            row = self._db.execute("INSERT INTO inbox (at, text) VALUES (?, ?)", said).lastrowid
        assert row is not None
        return row

    def inbox(self, after: int) -> list[tuple[int, str]]:
        """Return (number, text) of what was posted after row `after`."""
        with self._clear_errors():
            return self._db.execute("SELECT id, text FROM inbox WHERE id > ? ORDER BY id", (after,)).fetchall()

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._db.close()

    def _clear_errors(self) -> _ClearErrors:
        return _ClearErrors(self.path)


@dataclass(frozen=True, slots=True)
class _ClearErrors:
    """Turns what SQLite raises into one clear sentence."""

    path: Path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, sqlite3.Error):
            return
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise FarsideError(
                f"The disk refuses to write {self.path} ({error}).",
                "Make room there and resume the run; every event acknowledged before is kept.",
            ) from error
        raise FarsideError(
            f"The journal {self.path} cannot be used ({error}).",
            "It is left as it is: restore it from a backup, or save what is readable with `sqlite3 FILE .recover`.",
        ) from error
