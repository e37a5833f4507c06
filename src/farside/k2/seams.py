"""Where a faster engine takes the place of the plain forms: a sequence's cache, a layer's experts, a matrix."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor, nn


class Cache(Protocol):
    """What attention keeps of one sequence: a row [c + r] a token and layer."""

    @property
    def length(self) -> int:
        """How many tokens it holds; the next one has this position."""

    def extend(self, layer: int, rows: Tensor) -> Tensor:
        """Put rows [t, c + r] behind a layer's; return all of them [length + t, c + r]. `length` stays."""

    def advance(self, tokens: int) -> None:
        """Count tokens whose rows every layer has put here; rows that were never counted are overwritten."""


class Experts(Protocol):
    """The routed experts of one layer, wherever they are: in RAM, as INT4, on disk."""

    def __call__(self, x: Tensor, chosen: Tensor, weights: Tensor) -> Tensor:
        """Return the sum [T, D] of weights [T, K] (fp32) x expert `chosen` [T, K] of x [T, D]."""


class Projection(Protocol):
    """A matrix to multiply with, however it is stored."""

    def __call__(self, width: int, out: int) -> nn.Module:
        """Make one that takes [..., width] to [..., out]."""
