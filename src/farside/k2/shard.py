"""One safetensors file: its header read and checked, its tensors by offset; and such a file written bit by bit.

A file is 8 bytes (length of the header, little-endian), the header (JSON: name -> dtype, shape, data_offsets), then
the tensors' bytes without a gap.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from farside.errors import FarsideError

ITEM_BYTES = {
    **{"BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2},
    **{"I32": 4, "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8},
}
"""Bytes of an element of each dtype. A file lists the last of these first, as the safetensors package does."""
LONGEST_HEADER = 100_000_000
"""Bytes; the package refuses a longer one."""
AGAIN = "Fetch the file again from where the checkpoint came."


@dataclass(frozen=True, slots=True)
class Spec:
    """What a file says of a tensor."""

    name: str
    dtype: str
    """As in the file: BF16, F32, I32."""
    shape: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """Bytes on disk."""
        return ITEM_BYTES[self.dtype] * prod(self.shape)


@dataclass(frozen=True, slots=True)
class Shard:
    """A file whose header agrees with its bytes."""

    path: Path
    specs: Mapping[str, Spec]
    begins: Mapping[str, int]
    """Where each tensor begins, in bytes from the file's beginning."""

    def read(self, name: str) -> bytearray:
        """Read the bytes of one tensor, and nothing else of the file.

        Raises:
            FarsideError: they are not all there any more.
        """
        octets = bytearray(self.specs[name].nbytes)
        try:
            with self.path.open("rb") as file:
                file.seek(self.begins[name])
                done = file.readinto(octets)
        except OSError as error:
            raise FarsideError(f"{self.path} cannot be read: {error.strerror}.", AGAIN) from None
        if done < len(octets):
            raise FarsideError(f"{self.path}: the tensor {name} is cut off; the file has become shorter.", AGAIN)
        return octets


def read_shard(path: Path) -> Shard:
    """Read a file's header and check that every tensor's bytes are there.

    Raises:
        FarsideError: the file is missing, is no safetensors file, or a tensor is cut off; both are named.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if size < 8 or not 2 <= length <= LONGEST_HEADER:
                raise FarsideError(f"{path} is no safetensors file.", AGAIN)
            header = file.read(length)
    except OSError as error:
        raise FarsideError(f"{path} cannot be read: {error.strerror}.", AGAIN) from None
    if len(header) < length:
        raise FarsideError(f"{path} is cut off: it ends inside its header.", AGAIN)
    placed = [_placed(path, name, entry) for name, entry in _entries(path, header).items()]
    placed.sort(key=lambda each: each[1])
    begin = 8 + length
    _check_extent(path, placed, size - begin)
    return Shard(path, {spec.name: spec for spec, _, _ in placed}, {spec.name: begin + at for spec, at, _ in placed})


def _entries(path: Path, header: bytes) -> dict[str, Any]:
    try:
        entries = json.loads(header)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, dict):
        raise FarsideError(f"{path} is no safetensors file: its header is no JSON object.", AGAIN)
    entries.pop("__metadata__", None)
    return entries


def _placed(path: Path, name: str, entry: Any) -> tuple[Spec, int, int]:
    """Return a tensor with the offsets where its bytes begin and end."""
    try:
        spec = Spec(name, entry["dtype"], tuple(entry["shape"]))
        begin, end = entry["data_offsets"]
        whole = all(type(number) is int and number >= 0 for number in (*spec.shape, begin, end))
    except (KeyError, TypeError, ValueError):
        whole = False
    if not whole:
        raise FarsideError(f"{path}: the header's entry of {name} is not understood.", AGAIN)
    if not isinstance(spec.dtype, str) or spec.dtype not in ITEM_BYTES:
        raise FarsideError(f"{path}: {name} has the dtype {spec.dtype}, which is not known.", AGAIN)
    if end - begin != spec.nbytes:
        raise FarsideError(
            f"{path}: {name} has {end - begin:,} bytes; {spec.dtype} {list(spec.shape)} takes {spec.nbytes:,}.", AGAIN
        )
    return spec, begin, end


def _check_extent(path: Path, placed: list[tuple[Spec, int, int]], there: int) -> None:
    """Refuse a file whose tensors do not fill, without a gap, the bytes that are there."""
    reached = 0
    for spec, begin, end in placed:
        if begin != reached:
            raise FarsideError(f"{path}: {spec.name} does not begin where the tensor before it ends.", AGAIN)
        if end > there:
            raise FarsideError(f"{path}: the tensor {spec.name} is cut off; {end - there:,} bytes lack.", AGAIN)
        reached = end
    if reached < there:
        raise FarsideError(f"{path} has {there - reached:,} bytes that belong to no tensor.", AGAIN)


def laid_out(specs: Iterable[Spec]) -> list[Spec]:
    """Return tensors in the order in which the safetensors package writes them: wide dtypes first, then by name."""
    rank = {dtype: -place for place, dtype in enumerate(ITEM_BYTES)}
    return sorted(specs, key=lambda spec: (rank[spec.dtype], spec.name))


def header_of(specs: Iterable[Spec]) -> bytes:
    """Return the beginning of a file that holds these tensors in this order, for torch."""
    entries: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for spec in specs:
        begin, end = end, end + spec.nbytes
        entries[spec.name] = {"dtype": spec.dtype, "shape": spec.shape, "data_offsets": (begin, end)}
    header = json.dumps(entries, separators=(",", ":"), ensure_ascii=False).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header


def file_size(specs: Iterable[Spec]) -> int:
    """Return the bytes of a file that holds these tensors."""
    specs = list(specs)
    return len(header_of(specs)) + sum(spec.nbytes for spec in specs)


def is_whole(path: Path, specs: Iterable[Spec]) -> bool:
    """Say whether `path` is a file that `new_shard` finished with these tensors."""
    ordered = laid_out(specs)
    header = header_of(ordered)
    if not path.is_file() or path.stat().st_size != file_size(ordered):
        return False
    with path.open("rb") as file:
        return file.read(len(header)) == header


Put = Callable[[str, memoryview], None]
"""Writes the bytes of the tensor of a name to their place."""


@contextmanager
def new_shard(path: Path, specs: Iterable[Spec]) -> Iterator[Put]:
    """Give what writes tensors, in any order, into a new file; the file appears whole or not at all.

    Raises:
        FarsideError: it cannot be written.
        KeyError: a tensor is put that is not in `specs`, or twice.
    """
    ordered = laid_out(specs)
    header, waiting = header_of(ordered), {spec.name: spec.nbytes for spec in ordered}
    begins = dict(zip(waiting, _begins(len(header), ordered), strict=True))
    partial = path.with_name(f"{path.name}.part")

    def put(name: str, octets: memoryview) -> None:
        assert octets.nbytes == waiting.pop(name), f"{name} has another size than its spec"
        _write_at(descriptor, begins[name], octets)

    try:
        descriptor = os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o666)
        try:
            os.posix_fallocate(descriptor, 0, file_size(ordered))
            _write_at(descriptor, 0, memoryview(header))
            yield put
            assert not waiting, f"{min(waiting)} was not written"
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        partial.rename(path)
    except OSError as error:
        raise FarsideError(
            f"{path} could not be written: {error.strerror}.", "Make room on that disk, or name another place."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _begins(begin: int, specs: Iterable[Spec]) -> Iterator[int]:
    for spec in specs:
        yield begin
        begin += spec.nbytes


def _write_at(descriptor: int, offset: int, view: memoryview) -> None:
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
