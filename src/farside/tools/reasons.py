"""Why something could not be done, as a part of a sentence that the model and the user are told."""

from __future__ import annotations


class Unreadable(Exception):
    """Why a file or a page cannot be read."""


class CouldNotSearch(Exception):
    """Why there is no answer: not the same as an answer of no hits."""
