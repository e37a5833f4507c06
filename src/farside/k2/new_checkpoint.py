"""A checkpoint folder that is being written: shards streamed to disk by the piece, then index and config."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from farside.k2.checkpoint import CONFIG, INDEX
from farside.k2.shard import Spec, file_size, is_whole, new_shard
from farside.k2.unfinished import unfinished

OnProgress = Callable[[int, int], None]
"""Receives bytes of tensors that are on disk, and bytes in all."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Tensors that are made together."""

    specs: tuple[Spec, ...]
    make: Callable[[], Sequence[memoryview]]
    """Returns their bytes in the order of `specs`."""

    @property
    def nbytes(self) -> int:
        """Bytes on disk."""
        return sum(spec.nbytes for spec in self.specs)


Shards = Mapping[str, Sequence[Piece]]
"""File name -> what it holds."""


@dataclass(frozen=True, slots=True)
class NewCheckpoint:
    """What is to be written, before anything is."""

    target: Path
    """The folder that appears when all is written."""
    job: Mapping[str, Any]
    """What tells this one from any other that may have been begun there."""
    shards: Shards
    config: Mapping[str, Any]
    """config.json."""
    write_beside: Callable[[Path], None]
    """Writes the tokenizer's files, and what else lies beside the weights, into a folder."""

    @property
    def tensor_bytes(self) -> int:
        """Bytes of all tensors."""
        return sum(piece.nbytes for pieces in self.shards.values() for piece in pieces)

    @property
    def disk_bytes(self) -> int:
        """Bytes of the shards' files."""
        return sum(file_size(_specs(pieces)) for pieces in self.shards.values())


def write_checkpoint(new: NewCheckpoint, on_progress: OnProgress) -> None:
    """Write it all, a piece at a time. Shards that an earlier try of the same job finished are kept.

    Raises:
        FarsideError: the place is taken, or the disk gave out; whole shards stay for the next try.
    """
    done, whole = 0, new.tensor_bytes
    with unfinished(new.target, new.job) as folder:
        for file, pieces in new.shards.items():
            if is_whole(folder / file, _specs(pieces)):
                done += sum(piece.nbytes for piece in pieces)
                on_progress(done, whole)
                continue
            with new_shard(folder / file, _specs(pieces)) as put:
                for piece in pieces:
                    for spec, octets in zip(piece.specs, piece.make(), strict=True):
                        put(spec.name, octets)
                    done += piece.nbytes
                    on_progress(done, whole)
        new.write_beside(folder)
        _write_json(folder / INDEX, _index(new.shards))
        _write_json(folder / CONFIG, new.config)


def octets_of(tensor: Tensor) -> memoryview:
    """Return a tensor's bytes as they lie on disk."""
    return tensor.contiguous().reshape(-1).view(torch.uint8).numpy().data


def packed_octets(packed: Tensor, scale: Tensor, shape: Iterable[int]) -> list[memoryview]:
    """Return the bytes of an INT4 weight's parts, in the order of `scheme.packed_specs`."""
    return [octets_of(part) for part in (packed, scale, torch.tensor([*shape], dtype=torch.int64))]


def _specs(pieces: Sequence[Piece]) -> list[Spec]:
    return [spec for piece in pieces for spec in piece.specs]


def _index(shards: Shards) -> dict[str, Any]:
    where = {spec.name: file for file, pieces in shards.items() for spec in _specs(pieces)}
    size = sum(piece.nbytes for pieces in shards.values() for piece in pieces)
    return {"metadata": {"total_size": size}, "weight_map": dict(sorted(where.items()))}


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
