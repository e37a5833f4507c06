"""Opening a journal only to read it, also where nothing can be written beside it: a full disk, closed folders."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

MEMORY = Path("/dev/shm")
"""A folder that is memory, where there is one."""


def opened_to_read(path: Path) -> sqlite3.Connection:
    """Return a connection that never changes the journal.

    A reader of a write-ahead log needs an index beside it. Where that cannot be made, no other process has the file
    open, so it does not change while it is read.

    Raises:
        sqlite3.Error: it is not readable.
    """
    db = _connected(path, "mode=ro")
    try:
        db.execute("PRAGMA user_version").fetchone()
    except sqlite3.OperationalError:
        db.close()
        log = _log_of(path)
        return _copied(path, log) if log.exists() and log.stat().st_size else _connected(path, "immutable=1")
    return db


def _connected(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, isolation_level=None, timeout=10)


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _copied(path: Path, log: Path) -> sqlite3.Connection:
    """Return the journal and what its log has beyond it, in memory."""
    memory = sqlite3.connect(":memory:", isolation_level=None)
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        copy = Path(folder, path.name)
        shutil.copyfile(path, copy)
        shutil.copyfile(log, _log_of(copy))
        db = sqlite3.connect(copy)
        db.backup(memory)
        db.close()
    return memory
