"""A page is fetched from checked addresses alone, without anything of the user's, and always ends."""

from __future__ import annotations

import gzip
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from threading import Event

import pytest

from farside.tools.reasons import Unreadable
from farside.tools.web.address import Address, is_public
from farside.tools.web.fetch import Caps, Fetcher, checked_address
from tests.tools.web.site import FORBIDDEN, PUBLIC, Answer, Site, fetcher, is_open, served

PRIVATE = (
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1"),
    *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_machine_or_of_its_networks_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e"])
def test_an_address_of_the_web_is(address: str) -> None:
    assert is_public(ip_address(address))


def test_a_page_comes_with_its_type_and_nothing_of_ours_goes_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.2:1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    site.page("/a%20b", "<p>hi", content_type='text/html; charset="utf-8"', Set_Cookie="id=1")
    found = fetcher().fetch(site.url("/a b?q=ü#part"))
    assert (found.status, found.data, found.charset) == (200, b"<p>hi", "utf-8")
    path, headers = site.asked[0]
    assert path == "/a%20b?q=%C3%BC"
    assert set(headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert "secret" not in str(headers)


def test_redirects_are_followed_without_the_cookies_they_set(site: Site) -> None:
    site.page("/end", "here")
    site.page("/start", "", status=302, Location="/end", Set_Cookie="id=1")
    found = fetcher().fetch(site.url("/start"))
    assert (found.address, found.data) == (site.url("/end"), b"here")
    assert "cookie" not in site.asked[1][1]


def test_a_redirect_to_a_forbidden_address_is_refused_before_it_is_reached(site: Site) -> None:
    with served(FORBIDDEN) as inner:
        secret = inner.page("/secret", "treasure").replace(PUBLIC, FORBIDDEN)
        site.page("/start", "", status=301, Location=secret)
        for address in (secret, site.url("/start")):
            with pytest.raises(Unreadable, match=r"127\.0\.0\.2: private and local addresses are not opened"):
                fetcher().fetch(address)
        assert inner.asked == []


def test_a_redirect_to_a_file_or_without_end_is_refused(site: Site) -> None:
    site.page("/file", "", status=302, Location="file:///etc/passwd")
    site.page("/loop", "", status=302, Location="/loop")
    with pytest.raises(Unreadable, match="no address of the web"):
        fetcher().fetch(site.url("/file"))
    with pytest.raises(Unreadable, match="more than 8 times"):
        fetcher().fetch(site.url("/loop"))


def test_a_redirect_to_what_is_no_address_is_a_reason(site: Site) -> None:
    for path, target in {"/bracket": "http://[::1/", "/port": "http://x:99999/", "/controls": "/a\x80b"}.items():
        site.page(path, "", status=302, Location=target)
        with pytest.raises(Unreadable, match="no web address"):
            fetcher().fetch(site.url(path))


def test_a_redirect_that_is_not_escaped_leads_where_a_browser_goes(site: Site) -> None:
    site.page("/m%C3%BCnchen", "here")
    site.page("/utf-8", "", status=302, Location="/m\u00c3\u00bcnchen")
    site.page("/latin-1", "", status=302, Location="/m\u00fcnchen")
    for path in ("/utf-8", "/latin-1"):
        assert fetcher().fetch(site.url(path)).data == b"here"


def test_a_name_whose_server_does_not_answer_costs_no_more_than_the_deadline(site: Site) -> None:
    ended = Event()

    def resolve(host: str, port: int) -> Sequence[Address]:
        ended.wait(60)
        return [ip_address(PUBLIC)]

    for caps, reason in (
        (Caps(seconds=0.3), r"did not end within 0\.3 s"),
        (Caps(idle=0.3), r"the name slow\.example cannot be resolved \(no answer\)"),
    ):
        began = time.monotonic()
        with pytest.raises(Unreadable, match=reason):
            Fetcher(caps, is_open, resolve).fetch(f"http://slow.example:{site.port}/")
        assert time.monotonic() - began < 10
    ended.set()
    assert site.asked == []


def test_a_name_that_changes_its_answer_gains_nothing(site: Site) -> None:
    """DNS rebinding: the address that was checked is the one that is connected to, and a name is asked once."""
    answers: list[str] = [PUBLIC, FORBIDDEN]
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[Address]:
        asked.append(host)
        return [ip_address(answers[min(len(asked), 2) - 1])]

    site.page("/", "public")
    rebound = Fetcher(Caps(), allowed=is_open, resolve=resolve)
    assert rebound.fetch(f"http://rebind.example:{site.port}/").data == b"public"
    assert asked == ["rebind.example"]
    assert site.asked[0][1]["host"] == f"rebind.example:{site.port}"
    with pytest.raises(Unreadable, match=r"rebind\.example is 127\.0\.0\.2"):
        rebound.fetch(f"http://rebind.example:{site.port}/")


def test_only_the_allowed_of_several_addresses_is_connected_to(site: Site) -> None:
    site.page("/", "public")
    both = Fetcher(Caps(), is_open, lambda host, port: [ip_address(FORBIDDEN), ip_address(PUBLIC)])
    assert both.fetch(f"http://both.example:{site.port}/").data == b"public"


def babble(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"SSH-2.0\r\n\r\n")


def trickle(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.05)


def slow_head(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        request.wfile.write(b"X-A: b\r\n")
        request.wfile.flush()
        time.sleep(0.05)


def flood(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b"x" * 65536)


def silence(request: BaseHTTPRequestHandler) -> None:
    time.sleep(1.0)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (trickle, "did not end within 0.5 s"),
        (slow_head, "did not end within 0.5 s"),
        (flood, "larger than 1 MB"),
        (silence, "does not answer"),
    ],
)
def test_a_page_that_never_ends_is_cut_off(site: Site, answer: Answer, reason: str) -> None:
    site.answers["/"] = answer
    began = time.monotonic()
    with pytest.raises(Unreadable, match=reason):
        fetcher(Caps(bytes=10**6, seconds=0.5, idle=0.4)).fetch(site.url("/"))
    assert time.monotonic() - began < 5


def test_packed_pages_are_unpacked_within_the_cap(site: Site) -> None:
    site.page("/good", gzip.compress(b"text " * 100), Content_Encoding="gzip")
    assert fetcher().fetch(site.url("/good")).data == b"text " * 100
    for path, body, encoding, reason in (
        ("/bomb", gzip.compress(bytes(50 * 10**6)), "gzip", "larger than 1 MB"),
        ("/false", b"not packed", "gzip", "packed wrongly"),
        ("/br", b"", "br", "not asked for"),
    ):
        site.page(path, body, Content_Encoding=encoding)
        with pytest.raises(Unreadable, match=reason):
            fetcher(Caps(bytes=10**6)).fetch(site.url(path))


def test_a_packed_page_is_whole_or_refused(site: Site) -> None:
    parts = gzip.compress(b"one ") + gzip.compress(b"two")
    site.page("/parts", parts, Content_Encoding="gzip")
    assert fetcher().fetch(site.url("/parts")).data == b"one two"
    site.page("/empty", b"", Content_Encoding="gzip")
    assert fetcher().fetch(site.url("/empty")).data == b""
    site.page("/cut", gzip.compress(b"text " * 100)[:-12], Content_Encoding="gzip")
    with pytest.raises(Unreadable, match="breaks off"):
        fetcher().fetch(site.url("/cut"))


def test_a_server_that_is_not_there_and_one_that_speaks_no_http(site: Site) -> None:
    site.answers["/"] = babble
    with pytest.raises(Unreadable, match="cannot be read from"):
        fetcher().fetch(site.url("/"))
    port = site.port
    with served() as other:
        closed = other.port
    assert port != closed
    with pytest.raises(Unreadable, match="cannot be read from"):
        fetcher().fetch(f"http://{PUBLIC}:{closed}/")
    with pytest.raises(Unreadable, match=r"name no\.such\.invalid cannot be resolved"):
        fetcher().fetch("http://no.such.invalid/")


@pytest.mark.parametrize(
    "address",
    [
        *("ftp://x.example/", "file:///etc/passwd", "http://", "http://u:p@x.example/", "http://x:99999/"),
        *("http://[::1/", "http://x.example/\ud800", "https://127.0.0.1\0x/", "http://x\n.example/"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused(address: str) -> None:
    with pytest.raises(Unreadable):
        checked_address(address)


def test_an_address_is_sent_in_its_plain_form() -> None:
    assert checked_address(" https://Bücher.example:8080/ä?q=a b&c=%20#x ") == (
        "https://xn--bcher-kva.example:8080/%C3%A4?q=a%20b&c=%20"
    )
    assert checked_address("http://[2606::1]") == "http://[2606::1]/"
