"""A corpus: a folder of the user's with a name."""

from __future__ import annotations

from dataclasses import dataclass

WEB = "web"
"""What a model calls the web among the corpora."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """One folder that may be searched."""

    name: str
    folder: str
    """Absolute path."""
