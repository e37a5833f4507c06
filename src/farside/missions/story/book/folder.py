"""The book's folder on disk: read as a whole, written a file at a time, never through a link that leads elsewhere."""

from __future__ import annotations

import os
import shlex
import stat
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from farside.errors import FarsideError
from farside.missions.story.book.book import FORMS, FRONT, INTENDED, Book, read
from farside.tools.below import read_below
from farside.tools.reasons import Unreadable

MOST = 4_000_000
"""Bytes of one file."""
FOLDERS = ("bible", "chapters", "facts", "notes")
"""Where a book's files lie, beside those directly in it."""


def read_book(folder: Path) -> Book:
    """Return the book in a folder.

    Raises:
        FarsideError: there is no such folder, no book in it, or a file that cannot be read as text.
    """
    if not folder.is_dir():
        raise FarsideError(
            f"There is no folder {folder}.", f'Begin a book: farside write "PREMISE" {book_option(folder)}'
        )
    try:
        files = {name: _text(folder, name) for name in _names(folder)}
    except OSError as error:
        raise FarsideError(f"{folder} cannot be read ({error.strerror}).", "Change its rights.") from error
    if FRONT not in files:
        raise FarsideError(
            f"{folder} holds no book: {FRONT} is missing.",
            f'Begin one: farside write "PREMISE" {book_option(folder)}',
        )
    return read(files, _unread(folder))


def book_option(folder: Path) -> str:
    """Return the option that names a book's folder, as it is typed in a shell."""
    return f"--book {shlex.quote(str(folder))}"


def text_of(folder: Path, name: str) -> str:
    """Return the text of one file of a book, "" where there is none.

    Raises:
        FarsideError: it cannot be read as text.
    """
    try:
        return _text(folder, name)
    except FileNotFoundError:
        return ""


def is_own(name: str) -> bool:
    """Tell whether a path below a book's folder is that of a file which the book is made of."""
    return name in (FRONT, INTENDED, *FORMS) or name.partition("/")[0] in FOLDERS


def write_text(folder: Path, name: str, text: str) -> None:
    """Write a file of a book, on disk whole or not at all; the same text again changes nothing.

    What the author's editor put into the file that is there stays so: how its lines end, and a byte-order mark.

    Raises:
        FarsideError: the system refuses, or one of its folders is a link.
    """
    *parents, last = name.split("/")
    descriptor = -1
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        for parent in parents:
            below = _entered(descriptor, parent)
            os.close(descriptor)
            descriptor = below
        _replace(descriptor, last, _as_before(_bytes(descriptor, last), text.encode("utf-8", "replace")))
    except OSError as error:
        raise FarsideError(
            f"{folder / name} cannot be written ({error.strerror}).", "Look at the folder's rights and links."
        ) from error
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _bytes(descriptor: int, name: str) -> bytes:
    """Return what stands in a file, nothing where there is no plain one: a link is not followed."""
    try:
        if not stat.S_ISREG(os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode):
            return b""
        with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=descriptor), "rb") as file:
            return file.read(MOST)
    except FileNotFoundError:
        return b""


def _as_before(before: bytes, text: bytes) -> bytes:
    """Return a text with the line ends that most lines of the file had before, and with its byte-order mark."""
    ends = {b"\r\n": before.count(b"\r\n")}
    ends |= {end: before.count(end) - ends[b"\r\n"] for end in (b"\n", b"\r")}
    mark = BOM_UTF8 if before.startswith(BOM_UTF8) else b""
    return mark + text.replace(b"\n", max(ends, key=lambda end: (ends[end], end == b"\n")))


def _entered(descriptor: int, name: str) -> int:
    """Open a folder below another, made where it is missing; a link is refused."""
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=descriptor)
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=descriptor)


def _replace(descriptor: int, name: str, data: bytes) -> None:
    new = f".{name}.new"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(new, flags, 0o644, dir_fd=descriptor), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, name, src_dir_fd=descriptor, dst_dir_fd=descriptor)
    os.fsync(descriptor)


def _names(folder: Path) -> Iterator[str]:
    """Yield the Markdown files of a book; hidden ones are not its own."""
    for below in ("", *FOLDERS):
        for path in sorted((folder / below).glob("*.md")) if (folder / below).is_dir() else ():
            if not path.name.startswith("."):
                yield path.relative_to(folder).as_posix()


def _unread(folder: Path) -> Iterator[str]:
    """Yield what an author may take for a part of the book, and is none."""
    for below in ("chapters", "facts"):
        for path in sorted((folder / below).iterdir()) if (folder / below).is_dir() else ():
            if not path.name.startswith(".") and (path.suffix != ".md" or path.is_dir()):
                yield path.relative_to(folder).as_posix()


def _text(folder: Path, name: str) -> str:
    try:
        return read_below(folder, name, MOST).data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise FarsideError(
            f"{folder / name}:{line}: this is not UTF-8 text.", "Save the file as UTF-8 and try again."
        ) from error
    except Unreadable as error:
        raise FarsideError(f"{folder / name} cannot be read: {error}.", "Move it away, or mend it.") from error
