"""What one durable commit costs on this disk: SQLite in WAL mode with synchronous=FULL, as the journal uses it."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median

COMMITS = 200
EVENT = "x" * 1_000
"""About the size of a step's event."""


def commit_ms(folder: Path) -> float:
    """Return the median milliseconds of a commit of one event in a new database under `folder`."""
    with tempfile.TemporaryDirectory(dir=folder) as inside, closing(sqlite3.connect(Path(inside) / "journal")) as db:
        db.execute("pragma journal_mode=wal")
        db.execute("pragma synchronous=full")
        db.execute("create table event (id integer primary key, body text)")
        return median(_commit(db) for _ in range(COMMITS))


def _commit(db: sqlite3.Connection) -> float:
    started = time.perf_counter()
    with db:
        db.execute("insert into event (body) values (?)", (EVENT,))
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    print(f"{commit_ms(target):.2f} ms a commit (median of {COMMITS}) on the disk of {target.absolute()}")
