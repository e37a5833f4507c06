"""Writing a file of the user's in one step: whoever reads it sees the old one or the new one."""

from __future__ import annotations

import os
from pathlib import Path

from farside.errors import FarsideError


def write_whole(path: Path, text: str) -> None:
    """Write a text to a file. Its folder must be the one that was named: no link may have taken its place since.

    Raises:
        FarsideError: the disk refuses, or the folder is another one.
    """
    if path.parent.resolve() != path.parent:
        raise FarsideError(f"{path.parent} leads elsewhere by now.", f"Put the folder {path.parent} back.")
    try:
        replace_whole(path, text.encode())
    except OSError as error:
        raise FarsideError(
            f"{path} cannot be written ({error.strerror}).", "Make room there, or free the way."
        ) from error


def replace_whole(path: Path, data: bytes) -> None:
    """Put bytes in a file's place, on disk before return; nothing is left beside it where that fails.

    Raises:
        OSError: the disk refuses.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        draft.unlink(missing_ok=True)  # of a process that was killed
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def check_place(path: Path) -> Path:
    """Return where a new file can be written later, its folder resolved.

    Raises:
        FarsideError: the folder is not there or cannot be written, or there is something of that name.
    """
    place = path.parent.resolve() / path.name
    if not place.parent.is_dir():
        raise FarsideError(
            f"There is no folder {path.parent} for {path.name}.", "Make it first, or name another place."
        )
    if place.is_dir():
        raise FarsideError(f"{path} is a folder.", "Name a file.")
    if os.path.lexists(place):
        raise FarsideError(f"There is {path} already, and it is not written over.", "Name another file.")
    if not os.access(place.parent, os.W_OK | os.X_OK):
        raise FarsideError(f"The folder {path.parent} cannot be written.", "Name another place.")
    return place
