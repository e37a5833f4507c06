"""The embedded model's file on its way: said beforehand, and followed by a bar."""

from __future__ import annotations

import sys

from farside.cli.bytes_shown import shown
from farside.models.download import EMBEDDED, Weights, fetch, folder, locate


def ensure(weights: Weights = EMBEDDED) -> None:
    """Download the embedded model where it is missing, after saying how large it is and where to.

    Raises:
        FarsideError: it cannot be had; the message says why and what to do.
    """
    if locate(weights):
        return
    print(
        f"farside: the embedded model is not here yet: {weights.size / 1e9:.2f} GB go to {folder()}, once.\n"
        "  Ctrl-C stops; the next time it goes on where it stopped.",
        file=sys.stderr,
    )
    with shown() as on_progress:
        fetch(on_progress, lambda sentence: print(f"  {sentence}", file=sys.stderr), weights)
