"""`k2/mini`: a small model of K2's kind that farside trained, and that ships with it. A folder is `k2/./mini`."""

from __future__ import annotations

from pathlib import Path

from farside.errors import FarsideError

MINI = "k2/mini"
FOLDER = Path(__file__).with_name("k2_mini")
"""A checkpoint like any other, as `farside.train.export` writes it."""


def shipped() -> Path:
    """Return its folder.

    Raises:
        FarsideError: it is not part of this version.
    """
    if FOLDER.is_dir():
        return FOLDER
    raise FarsideError("This version of farside ships no K2-mini.", "train it: make mini, then k2/build/mini/model")
