"""The plain form of `Cache`: one tensor that grows."""

from __future__ import annotations

import torch
from torch import Tensor

from farside.k2.config import Config


class LatentCache:
    """The latents of one sequence, [layers, room, c + r]: for K2 in bf16, 70,272 bytes a token.

    It is for inference: rows are written in place, so no gradient flows through them.
    """

    def __init__(self, config: Config, dtype: torch.dtype = torch.bfloat16, room: int = 256) -> None:
        self.rows = torch.empty(config.num_hidden_layers, room, config.latent_width, dtype=dtype)
        self.length = 0

    def extend(self, layer: int, rows: Tensor) -> Tensor:
        """See `Cache.extend`; what is returned is a view."""
        end = self.length + len(rows)
        if end > self.rows.shape[1]:
            self._grow(end)
        self.rows[layer, self.length : end] = rows
        return self.rows[layer, :end]

    def advance(self, tokens: int) -> None:
        """See `Cache.advance`."""
        self.length += tokens

    def cut(self, length: int) -> None:
        """Forget all but the first `length` tokens: what comes next is another continuation of them."""
        assert 0 <= length <= self.length
        self.length = length

    def _grow(self, needed: int) -> None:
        """Make room for `needed` tokens and as many again, so that a long sequence is copied a few times only."""
        layers, _, width = self.rows.shape
        larger = self.rows.new_empty(layers, 2 * needed, width)
        # The layers before the one that asks have their new rows already: all that there was is copied.
        larger[:, : self.rows.shape[1]] = self.rows
        self.rows = larger
