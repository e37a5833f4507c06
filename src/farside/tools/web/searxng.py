"""SearXNG, a search engine that anybody can run: asked for JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from farside.tools.printable import printable
from farside.tools.reasons import CouldNotSearch, Unreadable
from farside.tools.web.engine import WebHit
from farside.tools.web.fetch import Caps, Fetched, Fetcher

CAPS = Caps(bytes=4 * 10**6, seconds=25.0, idle=20.0)
SNIPPET = 500
"""Characters of a title, and of what is told of a page."""


@dataclass(frozen=True, slots=True)
class SearXNG:
    """Implements `farside.tools.web.engine.Engine`. Its address is the user's word, so it may be local."""

    base_url: str
    fetcher: Fetcher = field(default_factory=lambda: Fetcher(CAPS))
    name: str = "SearXNG"

    def search(self, query: str, most: int) -> Sequence[WebHit]:
        """Return what it finds.

        Raises:
            CouldNotSearch: it is down, throttles, refuses JSON, or what it asks does not answer.
        """
        address = f"{self.base_url.rstrip('/')}/search?q={quote(query, safe='')}&format=json"
        try:
            answer = self.fetcher.fetch(address, accept="application/json", own=True)
        except Unreadable as reason:
            raise CouldNotSearch(f"{self.name}: {reason}") from reason
        self._check(answer)
        hits, silent = _read(answer.data, self.name)
        if not hits and silent:
            raise CouldNotSearch(f"{self.name} got no answer from {', '.join(silent)}")
        return hits[:most]

    def _check(self, answer: Fetched) -> None:
        if answer.status == 429:
            wait = answer.headers.get("retry-after", "")
            raise CouldNotSearch(
                f"{self.name} throttles{f': try again in {wait[:40]} s' if wait else ': try again later'}"
            )
        if answer.status == 403:
            raise CouldNotSearch(f"{self.name} refuses (403): its settings must allow the format json")
        if answer.status != 200:
            raise CouldNotSearch(f"{self.name} answers with status {answer.status}")


def _read(data: bytes, name: str) -> tuple[list[WebHit], list[str]]:
    """Return the hits, and the engines behind it that did not answer, each with its reason."""
    try:
        body = json.loads(data)
        found = [_hit(each) for each in body["results"]]
        silent = [_line(" ".join(map(str, each)) if isinstance(each, list) else each) for each in _silent(body)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CouldNotSearch(f"{name} does not answer as it should: no JSON with results") from error
    return [hit for hit in found if hit.address.startswith(("http://", "https://"))], silent


def _silent(body: dict[str, Any]) -> list[Any]:
    return list(body.get("unresponsive_engines") or ())[:10]


def _hit(each: dict[str, Any]) -> WebHit:
    return WebHit(
        _line(each.get("title"))[:SNIPPET],
        _line(each.get("url")).replace(" ", "%20"),
        _line(each.get("content"))[:SNIPPET],
    )


def _line(value: object) -> str:
    """Return what an engine says as one line without controls."""
    return " ".join(printable(str(value or "").encode(errors="replace")).split())
