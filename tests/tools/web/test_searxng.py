"""What a search engine answers becomes hits, and what it does not answer becomes a reason."""

from __future__ import annotations

import json

import pytest

from farside.tools.reasons import CouldNotSearch
from farside.tools.web.engine import Engine, WebHit
from farside.tools.web.searxng import SearXNG
from tests.tools.web.site import FORBIDDEN, Site, fetcher, served

RESULTS = [
    {"title": "The far\n side", "url": "https://moon.example/a", "content": "rough \x1b[31m", "engine": "x"},
    {"title": "bad", "url": "javascript:alert(1)"},
    {"title": "Second", "url": "https://moon.example/b", "content": None},
]


def engine(site: Site, path: str = "") -> Engine:
    return SearXNG(site.url(path), fetcher())


def test_hits_come_in_order_and_only_pages_of_the_web(site: Site) -> None:
    site.page("/search", json.dumps({"results": RESULTS}))
    assert list(engine(site, "/").search("far side & more", 5)) == [
        WebHit("The far side", "https://moon.example/a", "rough"),
        WebHit("Second", "https://moon.example/b", ""),
    ]
    assert site.asked[0][0] == "/search?q=far%20side%20%26%20more&format=json"
    assert len(engine(site).search("far", 1)) == 1


def test_no_hits_is_an_answer(site: Site) -> None:
    site.page("/search", '{"results": [], "unresponsive_engines": []}')
    assert list(engine(site).search("zyx", 5)) == []


@pytest.mark.parametrize(
    ("status", "body", "headers", "reason"),
    [
        (
            200,
            '{"results": [], "unresponsive_engines": [["google", "timeout"]]}',
            {},
            "no answer from google timeout",
        ),
        (200, json.dumps({"results": [], "unresponsive_engines": [["a\nb", "\x1b[31mdown"]]}), {}, "from a b down"),
        (200, "<html>welcome", {}, "no JSON with results"),
        (200, '{"results": 3}', {}, "no JSON with results"),
        (200, '{"results": [3]}', {}, "no JSON with results"),
        (200, "[" * 100_000, {}, "no JSON with results"),
        (403, "", {}, "must allow the format json"),
        (429, "", {"Retry_After": "30"}, "throttles: try again in 30 s"),
        (429, "", {}, "throttles: try again later"),
        (502, "", {}, "answers with status 502"),
    ],
)
def test_no_answer_is_a_reason(site: Site, status: int, body: str, headers: dict[str, str], reason: str) -> None:
    site.page("/search", body, status=status, **headers)
    with pytest.raises(CouldNotSearch, match=reason):
        engine(site).search("moon", 5)


def test_an_engine_of_the_user_s_may_be_local_but_not_lead_elsewhere(site: Site) -> None:
    with served(FORBIDDEN) as inner:
        inner.page("/search", '{"results": []}')
        site.page("/search", "", status=302, Location=inner.url("/search", FORBIDDEN))
        site.page("/moved/search", '{"results": []}')
        site.page("/old/search", "", status=301, Location="/moved/search")
        assert list(SearXNG(site.url("/old")).search("moon", 5)) == []
        with pytest.raises(CouldNotSearch, match=r"127\.0\.0\.2: private and local addresses are not opened"):
            SearXNG(site.url("")).search("moon", 5)
        assert inner.asked == []


def test_an_engine_that_is_down_is_a_reason(site: Site) -> None:
    with pytest.raises(CouldNotSearch, match=r"SearXNG: 127\.0\.0\.1:1 cannot be read from"):
        SearXNG("http://127.0.0.1:1", fetcher()).search("moon", 5)
