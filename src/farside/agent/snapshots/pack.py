"""One git pack and its index: immutable, and on disk whole before anybody can see it.

The formats are git's own (gitformat-pack), without deltas, so that any git can read what is kept here. They are
written by hand because git itself does not take what a workspace may hold: a folder called .git, an empty folder.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections import Counter
from collections.abc import Container, Iterator
from itertools import accumulate
from pathlib import Path
from struct import pack, unpack_from
from typing import IO, Literal

Kind = Literal["tree", "blob"]

TYPES: dict[Kind, int] = {"tree": 2, "blob": 3}
LEVEL = 1
"""Of zlib: speed, as a run waits for it."""
CHUNK = 1 << 16
HEADER = 12
"""Bytes before the first object."""
NAMES_AT = 8 + 4 * 256
"""Where the names begin in an index."""


def object_name(kind: Kind, content: bytes) -> str:
    """Return the name git gives an object: a hash of its kind, size and content."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(content)) + content, usedforsecurity=False).hexdigest()


class Draft:
    """A pack that is being written. It has no name that a reader looks for before `finish`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / f"tmp_pack_{os.getpid()}"
        self._file = self._path.open("w+b")
        self._file.write(bytes(HEADER))
        self._end = HEADER
        self._objects: dict[str, tuple[int, int]] = {}
        """CRC and offset of each."""

    def __contains__(self, name: object) -> bool:
        """Tell whether an object is in it."""
        return name in self._objects

    def add(self, kind: Kind, name: str, content: bytes) -> None:
        """Add an object that fits into memory."""
        packed = _head(kind, len(content)) + zlib.compress(content, LEVEL)
        self._file.write(packed)
        self._objects[name] = (zlib.crc32(packed), self._end)
        self._end += len(packed)

    def add_large(self, source: IO[bytes], size: int, known: Container[str]) -> str | None:
        """Add a blob of the next `size` bytes of a file, unless it is known; return its name.

        None, and nothing added, when the file has fewer.
        """
        name = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        squeezed = zlib.compressobj(LEVEL)
        start, crc, left = self._end, self._put(_head("blob", size), 0), size
        while left and (chunk := source.read(min(CHUNK, left))):
            name.update(chunk)
            left -= len(chunk)
            crc = self._put(squeezed.compress(chunk), crc)
        crc = self._put(squeezed.flush(), crc)
        found = None if left else name.hexdigest()
        if found is None or found in known or found in self:
            self._forget(start)
        else:
            self._objects[found] = (crc, start)
        return found

    def _put(self, data: bytes, crc: int) -> int:
        self._file.write(data)
        self._end += len(data)
        return zlib.crc32(data, crc)

    def _forget(self, start: int) -> None:
        self._file.seek(start)
        self._file.truncate()
        self._end = start

    def finish(self) -> Path | None:
        """Put pack and index on disk, then give them their names; return the index, None when nothing was added."""
        if not self._objects:
            return None
        self._file.seek(0)
        self._file.write(b"PACK" + pack(">II", 2, len(self._objects)))
        self._file.seek(0)
        checksum = hashlib.file_digest(self._file, lambda: hashlib.sha1(usedforsecurity=False)).digest()
        self._file.seek(0, os.SEEK_END)
        self._file.write(checksum)
        _sync(self._file)
        draft = self._path.with_name(f"tmp_idx_{os.getpid()}")
        with draft.open("wb") as file:
            file.write(_index(self._objects, checksum))
            _sync(file)
        self._file.close()
        target = self._folder / f"pack-{checksum.hex()}.idx"
        self._path.replace(target.with_suffix(".pack"))
        draft.replace(target)
        sync_folder(self._folder)
        return target

    def discard(self) -> None:
        """Remove what `finish` has not given a name. May be called after it."""
        self._file.close()
        self._path.unlink(missing_ok=True)
        self._path.with_name(f"tmp_idx_{os.getpid()}").unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Return once the names in a folder are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _head(kind: Kind, size: int) -> bytes:
    """Return type and size as they stand before an object: four bits of the size, then seven a byte."""
    byte, size = TYPES[kind] << 4 | size & 15, size >> 4
    head = bytearray()
    while size:
        head.append(byte | 128)
        byte, size = size & 127, size >> 7
    head.append(byte)
    return bytes(head)


def _index(objects: dict[str, tuple[int, int]], checksum: bytes) -> bytes:
    names = sorted(objects)
    raw = [bytes.fromhex(name) for name in names]
    first = Counter(name[0] for name in raw)
    crcs, offsets = [objects[name][0] for name in names], [objects[name][1] for name in names]
    body = b"".join(
        (
            b"\377tOc" + pack(">I", 2),
            pack(">256I", *accumulate(first[byte] for byte in range(256))),
            *raw,
            pack(f">{len(names)}I", *crcs),
            pack(f">{len(names)}I", *offsets),
            checksum,
        )
    )
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


def read_index(path: Path) -> dict[str, int]:
    """Return the offset of each object in a pack, from its index.

    Raises:
        ValueError: the index is damaged, or not one of ours.
    """
    data = path.read_bytes()
    if data[:8] != b"\377tOc" + pack(">I", 2) or hashlib.sha1(data[:-20]).digest() != data[-20:]:
        raise ValueError(f"{path} is damaged")
    (count,) = unpack_from(">I", data, NAMES_AT - 4)
    names = data[NAMES_AT : NAMES_AT + 20 * count].hex()
    offsets = unpack_from(f">{count}I", data, NAMES_AT + 24 * count)
    return {names[40 * number : 40 * number + 40]: offset for number, offset in enumerate(offsets)}


def read_object(file: IO[bytes], offset: int, name: str) -> Iterator[bytes]:
    """Yield the content of the object at an offset of a pack.

    Raises:
        ValueError: what is there is not the object of this name.
    """
    file.seek(offset)
    data = file.read(CHUNK >> 3)
    kind, size, start = _read_head(data)
    found = hashlib.sha1(b"%s %d\0" % (kind.encode(), size), usedforsecurity=False)
    squeezed, data = zlib.decompressobj(), data[start:]
    try:
        while data and not squeezed.eof:
            content = squeezed.decompress(data)
            found.update(content)
            yield content
            data = file.read(CHUNK)
    except zlib.error as error:
        raise ValueError(f"object {name} is damaged ({error})") from None
    if found.hexdigest() != name:
        raise ValueError(f"object {name} is damaged")


def _read_head(data: bytes) -> tuple[Kind, int, int]:
    """Return kind, size and the length of the head."""
    kinds = [kind for kind, number in TYPES.items() if data and number == data[0] >> 4 & 7]
    if not kinds:
        raise ValueError("an object of no kind that is kept here")
    size, shift, at = data[0] & 15, 4, 0
    while data[at] & 128:
        at += 1
        size |= (data[at] & 127) << shift
        shift += 7
    return kinds[0], size, at + 1
