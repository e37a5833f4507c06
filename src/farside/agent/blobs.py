"""Large outputs and session snapshots beside the journal, by content hash."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from farside.errors import FarsideError


class Blobs:
    """A folder of immutable files named by the SHA-256 of their content."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes) -> str:
        """Store content, on disk before return; return its name. The same content is stored once.

        Raises:
            FarsideError: the disk does not take it.
        """
        name = hashlib.sha256(content).hexdigest()
        path = self.folder / name
        if path.exists():
            return name
        try:
            self._write(path, content)
        except OSError as error:
            raise FarsideError(
                f"The disk refuses to write {path} ({error.strerror}).",
                "Make room there and resume the run; every event acknowledged before is kept.",
            ) from error
        return name

    def get(self, name: str) -> bytes:
        """Return the content stored under a name.

        Raises:
            FarsideError: it is not there, or is not what its name says.
        """
        path = self.folder / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise FarsideError(f"{path} cannot be read ({error.strerror}).", "Restore it from a backup.") from error
        if hashlib.sha256(content).hexdigest() != name:
            raise FarsideError(
                f"{path} is damaged: its content does not match its name.", "Restore it from a backup."
            )
        return content

    def _write(self, path: Path, content: bytes) -> None:
        draft = path.with_suffix(f".{os.getpid()}")
        try:
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
