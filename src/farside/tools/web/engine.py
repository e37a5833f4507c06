"""The seam to search engines of the web: another one is a file with one class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WebHit:
    """One page that an engine names."""

    title: str
    address: str
    snippet: str


class Engine(Protocol):
    """Something that finds pages."""

    @property
    def name(self) -> str:
        """As the user and the model are told it."""
        ...

    def search(self, query: str, most: int) -> Sequence[WebHit]:
        """Return at most `most` pages, the best first; none means that it looked and there are none.

        Raises:
            CouldNotSearch: it is down, throttles, or does not answer as it should.
        """
        ...
