"""How much a folder may hold so that snapshots of it are taken."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from farside.errors import FarsideError

Hidden = Mapping[str, frozenset[str]]
"""Names that are passed over, by the path of their folder from the workspace."""


class TooMuch(FarsideError):
    """The folder holds more than a snapshot may."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a snapshot may hold."""

    files: int = 50_000
    size: int = 10**9
    """Bytes in all."""

    def check(self, files: int, size: int) -> None:
        """Refuse more than that.

        Raises:
            TooMuch: it is more.
        """
        if files > self.files:
            raise TooMuch(f"the folder holds more than {self.files:,} files")
        if size > self.size:
            raise TooMuch(f"the folder holds more than {self.size / 1e9:g} GB")

    def measure(self, root: Path, hidden: Hidden) -> None:
        """Look how much is in a folder, without opening a file.

        Raises:
            TooMuch: it is too much.
        """
        files = size = 0
        for folder, inner, names in os.walk(root):
            gone = hidden.get(os.path.relpath(folder, root).removeprefix("."), frozenset())
            inner[:] = [name for name in inner if name not in gone]
            for name in names:
                with suppress(OSError):  # gone, or not to be looked at: what is kept tells of it
                    size += 0 if name in gone else os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118
            files += len(names)
            self.check(files, size)
