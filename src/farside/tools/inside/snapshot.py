"""The session's globals as bytes: one pickle a variable in one stream, so that shared objects stay shared.

Form: 4 bytes big-endian length of a JSON header `{"cwd": ..., "names": [[name, size], ...]}`, then the pickles in
that order. All pickles share one memo: what two variables hold in common comes back once. Functions and classes made
in the session are pickled by value, their globals are the session's own: a restored function sees later assignments.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import struct
import sys
import types
from typing import Any

import cloudpickle

LENGTH = struct.Struct(">I")
SMALL = 65_536
"""Bytes up to which a variable keeps its place in the stream, so that an unchanged session has unchanged bytes."""
Namespace = dict[str, Any]


class TooLarge(Exception):
    """The pickles exceed the room there is."""


class _Sink(io.BytesIO):
    """A buffer that refuses to grow beyond its room: a huge variable fails early instead of filling memory."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def write(self, data: Any) -> int:
        if self.tell() + memoryview(data).nbytes > self._room:
            raise TooLarge
        return super().write(data)


class _SessionGlobals:
    """Stands in a pickle for the namespace of whichever session loads it."""

    def __reduce__(self) -> Any:
        return session_globals, ()


def session_globals() -> Namespace:
    """Return the globals of the session that runs: those of its __main__."""
    return sys.modules["__main__"].__dict__


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """cloudpickle, but for functions of the session: their globals are not copied, only named."""

    def __init__(self, sink: io.BytesIO, namespace: Namespace) -> None:
        super().__init__(sink, protocol=5)
        self._namespace = namespace
        self.globals_ref[id(namespace)] = _SessionGlobals()

    def _dynamic_function_reduce(self, function: types.FunctionType) -> Any:
        reduced = super()._dynamic_function_reduce(function)
        if function.__globals__ is self._namespace:
            reduced[2][1]["__globals__"] = {}
        return reduced


class Snapshots:
    """Takes snapshots of one namespace, and remembers what cannot be held so that it is tried only once."""

    def __init__(self, namespace: Namespace, room: int) -> None:
        self._namespace = namespace
        self._room = room
        self._sizes: dict[str, int] = {}
        self._hopeless: dict[str, tuple[int, int]] = {}
        """Name -> id and shallow size of a value that could not be held; tried again when one of them changes."""
        self._digest = b""

    def take(self) -> tuple[bytes | None, tuple[str, ...]]:
        """Return the snapshot (None when it equals the last one) and the names that it does not hold."""
        names = [name for name in self._namespace if not name.startswith("__")]
        self._hopeless = {name: seen for name, seen in self._hopeless.items() if self._same(name, seen)}
        holdable = sorted((name for name in names if name not in self._hopeless), key=self._size)
        while isinstance(pickled := self._pickle(holdable), str):
            self._hopeless[pickled] = _mark(self._namespace[pickled])
            holdable.remove(pickled)  # it has left half its objects in the memo: start anew without it
        return self._packed(holdable, *pickled), tuple(name for name in names if name in self._hopeless)

    def _same(self, name: str, seen: tuple[int, int]) -> bool:
        return name in self._namespace and _mark(self._namespace[name]) == seen

    def _size(self, name: str) -> int:
        """Large ones last, so that one of them does not push out all others; the order of small ones stays."""
        size = self._sizes.get(name) or sys.getsizeof(self._namespace[name], 64)
        return size if size > SMALL else 0

    def _pickle(self, names: list[str]) -> tuple[list[int], bytes] | str:
        """Return the size of each name's pickle and all of them, or the first name that fails."""
        sink = _Sink(self._room)
        pickler, sizes, end = _Pickler(sink, self._namespace), [], 0
        for name in names:
            try:
                pickler.dump(self._namespace[name])
            except Exception:  # noqa: BLE001 - a value's own __reduce__ may raise anything: it is listed as lost
                return name
            sizes.append(sink.tell() - end)
            self._sizes[name], end = sizes[-1], sink.tell()
        return sizes, sink.getvalue()

    def _packed(self, names: list[str], sizes: list[int], pickles: bytes) -> bytes | None:
        header = json.dumps({"cwd": _here(), "names": list(zip(names, sizes, strict=True))}).encode()
        before = self._digest
        self._digest = _digest(LENGTH.pack(len(header)), header, pickles)
        return None if self._digest == before else LENGTH.pack(len(header)) + header + pickles

    def remember(self, packed: bytes) -> None:
        """Take `packed` for the last snapshot."""
        self._digest = _digest(packed)


def _digest(*parts: bytes) -> bytes:
    whole = hashlib.blake2b()
    for part in parts:
        whole.update(part)
    return whole.digest()


def _mark(value: Any) -> tuple[int, int]:
    return id(value), sys.getsizeof(value, 64)


def _here() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - a string for JSON
    except FileNotFoundError:  # the session has deleted its own folder
        return ""


def restore(packed: bytes, namespace: Namespace) -> list[str]:
    """Put a snapshot's variables into `namespace`; return the names that did not come back."""
    (length,) = LENGTH.unpack_from(packed)
    at = LENGTH.size + length
    header = json.loads(packed[LENGTH.size : at])
    source = _Source()
    unpickler = pickle.Unpickler(source)
    failed = []
    for name, size in header["names"]:
        source.load(packed[at : at + size])
        at += size
        try:
            namespace[name] = unpickler.load()
        except Exception:  # noqa: BLE001 - a module may be gone, a __setstate__ may raise anything: it is listed as lost
            failed.append(name)
            memo, unpickler = unpickler.memo, pickle.Unpickler(source)  # the old one holds a rest of the pickle
            unpickler.memo = memo
    if os.path.isdir(header["cwd"]):  # noqa: PTH112 - a string from JSON
        os.chdir(header["cwd"])
    return failed


class _Source:
    """A file whose content is exchanged between loads: a pickle that fails is not read on by the next one."""

    def __init__(self) -> None:
        self._data = io.BytesIO()

    def load(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self._data.read(size)

    def readline(self) -> bytes:
        return self._data.readline()
