"""The pages that a run has read: source, text and record of each are blobs, and a list names the records in order."""

from __future__ import annotations

import os
import re

from farside.agent.blobs import Blobs
from farside.agent.home import RunFolder
from farside.errors import FarsideError


class Archive:
    """What `open_page` keeps. Only it adds to the list, so what a run's tools print is never taken for a page."""

    def __init__(self, folder: RunFolder) -> None:
        self._list = folder.pages
        self._blobs = Blobs(folder.blobs)

    def put(self, content: bytes) -> str:
        """Keep bytes and return their SHA-256.

        Raises:
            FarsideError: the disk does not take them.
        """
        return self._blobs.put(content)

    def get(self, name: str) -> bytes:
        """Return what was kept under a SHA-256.

        Raises:
            FarsideError: it is not there, or is not what its name says.
        """
        return self._blobs.get(name)

    def add(self, record: bytes) -> str:
        """Keep the record of a page that was read, list it, and return its SHA-256. On disk before return.

        Raises:
            FarsideError: the disk does not take it.
        """
        name = self.put(record)
        try:
            with self._list.open("a") as file:
                file.write(f"\n{name}\n")  # on a line of its own also where a kill has torn the last one
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise FarsideError(
                f"The disk refuses to write {self._list} ({error.strerror}).",
                "Make room there and resume the run; every event acknowledged before is kept.",
            ) from error
        return name

    def records(self) -> tuple[str, ...]:
        """Return the SHA-256 of each record, in the order in which the pages were read."""
        if not self._list.exists():
            return ()
        return tuple(line for line in self._list.read_text().split("\n") if re.fullmatch("[0-9a-f]{64}", line))
