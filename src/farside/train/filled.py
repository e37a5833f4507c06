"""Rows are filled up: oneDNN makes a kernel for each number of rows that it has not seen yet.

That takes it 0.7 ms, where the product of an expert with its tokens takes 0.1.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

ROWS = 32
"""There are a multiple of so many then."""


def filled(rows: Tensor) -> Tensor:
    """Return [T, ...] with rows of zeros behind, T a multiple of ROWS."""
    return functional.pad(rows, (0, 0) * (rows.dim() - 1) + (0, -len(rows) % ROWS))
