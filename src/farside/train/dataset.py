"""Examples on disk: one safetensors file with all ids, which are learnt, and where each example begins."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from farside.errors import FarsideError
from farside.train.examples import Example
from farside.train.whole import new_file


@dataclass(frozen=True, slots=True)
class Dataset:
    """All examples of a file, in order."""

    ids: Tensor
    """[N] int16: all ids, one example behind the other."""
    learnt: Tensor
    """[N] bool."""
    starts: Tensor
    """[examples + 1] int64: where each example begins, then N."""

    def __len__(self) -> int:
        """Return how many examples there are."""
        return len(self.starts) - 1

    def lengths(self) -> Tensor:
        """Return the ids of each example [examples]."""
        return self.starts.diff()

    def digest(self) -> str:
        """Return the SHA-256 of all examples: what a training goes on with."""
        found = hashlib.sha256()
        for tensor in (self.ids, self.learnt, self.starts):
            found.update(tensor.contiguous().numpy().data)
        return found.hexdigest()

    def example(self, index: int, most: int) -> tuple[Tensor, Tensor]:
        """Return the first `most` ids [T] int64 of an example and which of them are learnt [T]."""
        start = int(self.starts[index])
        end = min(int(self.starts[index + 1]), start + most)
        return self.ids[start:end].long(), self.learnt[start:end]


def write_dataset(path: Path, examples: Iterable[Example]) -> None:
    """Write examples, whole or not at all."""
    ids, learnt, starts = list[Tensor](), list[Tensor](), [0]
    for example in examples:
        ids.append(torch.tensor(example.ids, dtype=torch.int16))
        learnt.append(torch.tensor(example.learnt))
        starts.append(starts[-1] + len(example.ids))
    with new_file(path) as unfinished:
        save_file({"ids": torch.cat(ids), "learnt": torch.cat(learnt), "starts": torch.tensor(starts)}, unfinished)


def joined(sets: Sequence[Dataset]) -> Dataset:
    """Return the examples of all sets, one set behind the other; there is one at least."""
    bases = torch.tensor([0, *(len(one.ids) for one in sets[:-1])]).cumsum(0)
    starts = [one.starts[:-1] + base for one, base in zip(sets, bases, strict=True)]
    ids = torch.cat([one.ids for one in sets])
    return Dataset(ids, torch.cat([one.learnt for one in sets]), torch.cat([*starts, torch.tensor([len(ids)])]))


def read_dataset(path: Path) -> Dataset:
    """Read what `write_dataset` wrote.

    Raises:
        FarsideError: there is no such file, or it is another.
    """
    try:
        return Dataset(**load_file(path))
    except (OSError, SafetensorError, TypeError) as error:
        raise FarsideError(
            f"{path} cannot be read as examples: {error}.", "make them again: python -m farside.train.prepare"
        ) from None
