"""Reading a file below a folder with farside's own rights, wherever links and races may want to lead."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from farside.tools.reasons import Unreadable


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it was read."""

    data: bytes
    size: int
    mtime_ns: int
    """Of before it was read: what changes meanwhile is seen the next time."""


def read_below(root: Path, path: str, most: int, private: Sequence[Path] = ()) -> Content:
    """Return a file below `root`; `path` is relative to it.

    Checked is what was found, not its name: the agent may move links about while we look. Only a plain file is
    opened: opening a pipe or a device acts on it.

    Raises:
        FileNotFoundError: there is no such file.
        Unreadable: it lies elsewhere, is private, no plain file, larger than `most`, or the system refuses.
    """
    root = root.resolve()
    try:
        descriptor = os.open(root / path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise Unreadable(getattr(error, "strerror", None) or str(error)) from error
    try:
        _check_place(descriptor, root, private)
        return _content(descriptor, most)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    finally:
        os.close(descriptor)


def _content(descriptor: int, most: int) -> Content:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable("it is a folder" if stat.S_ISDIR(found.st_mode) else "it is no plain file")
    if found.st_size > most:
        raise Unreadable(f"it is too large ({found.st_size / 1e6:,.0f} MB; at most {most / 1e6:,.0f} MB are read)")
    with open(f"/proc/self/fd/{descriptor}", "rb") as file:  # noqa: PTH123 - the very file that was found
        data = file.read(most + 1)
    if len(data) > most:
        raise Unreadable(f"it grows while it is read (at most {most / 1e6:,.0f} MB are read)")
    return Content(data, found.st_size, found.st_mtime_ns)


def _check_place(descriptor: int, root: Path, private: Sequence[Path]) -> None:
    real = Path(os.readlink(f"/proc/self/fd/{descriptor}"))  # noqa: PTH115 - of the open file itself
    if not real.is_relative_to(root):
        raise Unreadable(f"it lies outside of {root}")
    if is_private(real, root, private):
        raise Unreadable("it is farside's own")


def is_private(path: Path, root: Path, private: Sequence[Path]) -> bool:
    """Tell whether a path lies in what is private; a root that does so itself (a run's workspace) is not meant."""
    return any(path.is_relative_to(each) for each in private if not root.is_relative_to(each))
