import json
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from farside.messages import Message, ToolCall
from farside.testkit.brains import Counting
from farside.testkit.chaos import Chaos, Fault
from farside.testkit.endpoint import Endpoint
from farside.testkit.http import Body
from farside.testkit.rules import moonshot
from farside.testkit.sse import Dialect
from tests.testkit.wire import body, calling, chunks, post, result, user

A = "functions.python:0"


def two_calls(body: Body) -> Message:
    return Message("assistant", "Both.", "Hm.", (ToolCall("", "python", "{}"), ToolCall("own", "look", "{}")))


def test_a_reply_is_streamed_with_ids_that_go_on_counting() -> None:
    with Endpoint(two_calls) as endpoint:
        response = post(endpoint, body(user("go"), calling(A), result(A)))
    assert response.headers["content-type"] == "text/event-stream"
    choices = [chunk["choices"][0] for chunk in chunks(response) if chunk["choices"]]
    deltas = [choice["delta"] for choice in choices]
    assert deltas[:3] == [
        {"role": "assistant", "content": ""},
        {"reasoning_content": "Hm."},
        {"content": "Both."},
    ]
    ids = [call["id"] for delta in deltas for call in delta.get("tool_calls", ()) if "id" in call]
    assert ids == ["functions.python:1", "own"]
    assert choices[-1]["finish_reason"] == "tool_calls"


def test_usage_counts_bytes_and_what_the_last_request_had_in_common() -> None:
    with Endpoint(Counting(9)) as endpoint:
        first = chunks(post(endpoint, body(user("x" * 4000))))[-1]["usage"]
        second = chunks(post(endpoint, body(user("x" * 4000), user("more"))))[-1]["usage"]
    assert first["cached_tokens"] == 0
    assert 1000 < first["prompt_tokens"] < second["prompt_tokens"]
    assert 1000 < second["cached_tokens"] < second["prompt_tokens"]


def test_usage_stands_where_the_dialect_has_it() -> None:
    with Endpoint(Counting(9), dialect=Dialect("reasoning", "choice", "details")) as endpoint:
        said = chunks(post(endpoint, body()))
    assert said[1]["choices"][0]["delta"] == {"reasoning": "Step 1 is next."}
    assert said[-1]["choices"][0]["usage"]["prompt_tokens_details"] == {"cached_tokens": 0}


def test_violations_are_refused_and_recorded() -> None:
    with Endpoint(Counting(9), rules=moonshot) as endpoint:
        response = post(endpoint, body(user("go"), calling(A)))
    assert response.status_code == 400
    assert response.json()["error"]["message"] == endpoint.seen.violations[0]


def test_a_window_is_kept() -> None:
    with Endpoint(Counting(9), window=1000) as endpoint:
        assert post(endpoint, body(user("x" * 3000))).status_code == 200
        response = post(endpoint, body(user("x" * 4000)))
    assert "exceeded model token limit: 1000" in response.json()["error"]["message"]
    assert endpoint.seen.violations == []


def test_a_throttled_request_says_when_to_come_back() -> None:
    chaos = Chaos(1, rate=1.0, kinds=[Fault.THROTTLED])
    with Endpoint(Counting(9), chaos=chaos, retry_after="3") as endpoint:
        response = post(endpoint, body())
    assert (response.status_code, response.headers["retry-after"]) == (429, "3")
    assert endpoint.seen.faults == [Fault.THROTTLED]


def test_a_cut_stream_ends_without_its_end() -> None:
    chaos = Chaos(1, rate=1.0, kinds=[Fault.CUT])
    with Endpoint(Counting(9), chaos=chaos) as endpoint, pytest.raises(httpx.RemoteProtocolError):
        post(endpoint, body())


def test_requests_are_logged(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with Endpoint(Counting(9), chaos=Chaos(1, 1.0, [Fault.WRONG_USAGE]), log=log) as endpoint:
        post(endpoint, body())
        post(endpoint, body(user("again")))
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["request"] for line in lines] == [1, 2]
    assert lines[1]["fault"] == "wrong-usage"
    assert lines[1]["body"]["messages"] == [user("again")]


def test_models_are_listed_and_other_paths_are_not_there() -> None:
    with Endpoint(Counting(9)) as endpoint:
        assert httpx.get(f"{endpoint.base_url}/models").json()["data"][0]["id"] == "loopback"
        assert httpx.get(f"{endpoint.base_url}/nothing").status_code == 404


def test_leaving_ends_every_connection() -> None:
    with Endpoint(Counting(9)) as endpoint:
        address = ("127.0.0.1", int(endpoint.base_url.split(":")[2].removesuffix("/v1")))
        connection = socket.create_connection(address)
        connection.sendall(b"GET /v1/models HTTP/1.1\r\n\r\n")
        assert connection.recv(15).startswith(b"HTTP/1.1 200")
    while connection.recv(4096):
        pass
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


def test_as_a_process_it_prints_its_url_and_serves() -> None:
    command = [sys.executable, "-m", "farside.testkit.endpoint", "--brain", "counting:2", "--rules", "moonshot"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        response = httpx.post(f"{url}/chat/completions", json=body(), timeout=10)
        process.terminate()
    assert chunks(response)[1]["choices"][0]["delta"] == {"reasoning_content": "Step 1 is next."}
