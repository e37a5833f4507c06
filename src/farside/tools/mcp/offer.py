"""What a server offers, as a run remembers it from its start to its end. Imports nothing of the protocol."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """One tool of one server. The list is journaled when the run begins, so that the prompt never changes."""

    server: str
    """Its name in the configuration."""
    tool: str
    """As the server calls it."""
    name: str
    """As the model calls it."""
    description: str
    schema: str
    """JSON text of the JSON Schema of its arguments, in the subset that every model's API takes."""
    read_only: bool = False
    """The server says that it changes nothing."""
    idempotent: bool = False
    """The server says that twice is once."""
