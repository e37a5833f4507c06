"""How many threads torch takes."""

from __future__ import annotations

import torch


def take_one_thread() -> None:
    """Have torch take one thread from here on, as runs of a small model want it.

    Operations end sooner than a second thread takes them up, and each would wait for a busy core.
    """
    torch.set_num_threads(1)
