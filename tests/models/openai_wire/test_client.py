import json
import time
from collections.abc import Iterator
from itertools import repeat

import pytest

from farside.messages import Message, Reply, ToolCall, Usage
from farside.models.base import ContextTooLong, Model, Refused, Rejected, Unreachable, Unusable
from farside.models.openai_wire.client import OpenAIWire
from farside.models.openai_wire.patience import Patience
from farside.models.profiles import profile_for
from farside.models.secret import Secret
from farside.testkit.brains import Counting
from farside.testkit.chaos import Chaos, Fault
from farside.testkit.endpoint import Endpoint
from farside.testkit.http import STREAM_END, STREAM_HEAD, Body, chunks, json_answer
from farside.testkit.rules import moonshot
from farside.testkit.sse import Dialect, event
from tests.models.driving import ask, drive
from tests.models.peers import Peer

QUICK = Patience(stall=10, tries=8, first=0.002)
ANSWER = "the total is 385"


def client(endpoint: Endpoint | Peer, name: str = "moonshot/kimi-k2.6", patience: Patience = QUICK) -> OpenAIWire:
    return OpenAIWire(profile_for(name), endpoint.base_url, Secret("sk-secret"), "MOONSHOT_API_KEY", patience)


def said(*deltas: dict[str, object], finish: str = "stop") -> bytes:
    """A whole stream with these deltas."""
    events = [event({"choices": [{"delta": delta}]}) for delta in deltas]
    last = event({"choices": [{"delta": {}, "finish_reason": finish}], "model": "m"})
    return STREAM_HEAD + chunks([*events, last, b"data: [DONE]\n\n"]) + STREAM_END


@pytest.fixture
def models() -> Iterator[list[Model]]:
    """Clients to close."""
    opened: list[Model] = []
    yield opened
    for model in opened:
        model.close()


def test_a_strict_peer_accepts_a_whole_run() -> None:
    with Endpoint(Counting(10), rules=moonshot) as endpoint:
        model = client(endpoint)
        answer, replies = drive(model, 11)
        model.close()
    assert answer == ANSWER
    assert endpoint.seen.violations == []
    assert all(reply.anomalies == () for reply in replies)
    assert replies[0].message == Message(
        "assistant",
        "",
        "Step 1 is next.",
        (ToolCall("functions.python:0", "python", "{\"code\": \"print('step', 1, 'total', 1)\"}"),),
    )
    assert replies[-1].usage.cached > replies[1].usage.cached > 0


@pytest.mark.parametrize("fault", list(Fault))
def test_a_run_comes_through_each_fault(fault: Fault) -> None:
    chaos = Chaos(seed=3, rate=0.3, kinds=[fault])
    with Endpoint(Counting(10), rules=moonshot, chaos=chaos) as endpoint:
        model = client(endpoint, patience=Patience(stall=0.3, first=0.002))
        answer, _ = drive(model, 40)
        model.close()
    assert answer == ANSWER
    assert endpoint.seen.faults.count(fault) >= 2
    assert endpoint.seen.violations == []


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        (Dialect("reasoning", "choice", "top"), "vllm/m"),
        (Dialect("reasoning_content", "top", "details"), "sglang/m"),
        (Dialect("reasoning_content", "choice", "details"), "openai/m"),
    ],
)
def test_each_dialect_is_understood(dialect: Dialect, name: str) -> None:
    with Endpoint(Counting(3), dialect=dialect) as endpoint:
        model = client(endpoint, name)
        answer, replies = drive(model, 5)
        sent = json.loads(endpoint.seen.last)["messages"][1]
        model.close()
    assert answer == "the total is 14"
    assert replies[1].usage.cached > 0
    assert sent[dialect.reasoning] == "Step 1 is next."
    assert model.profile.reasoning == dialect.reasoning


def test_one_connection_serves_all_steps() -> None:
    with Peer(lambda n: said({"content": f"answer {n}"})) as peer:
        model = client(peer)
        assert [ask(model).message.text for _ in range(3)] == ["answer 1", "answer 2", "answer 3"]
        model.close()
    assert peer.connections == 1


def test_each_wait_is_told_and_retry_after_is_kept(models: list[Model]) -> None:
    busy = json_answer(429, {"error": {"message": "slow down"}}, {"Retry-After": "0.2"})
    with Peer(lambda n: busy if n < 3 else said({"content": "at last"})) as peer:
        models.append(model := client(peer))
        notices: list[str] = []
        start = time.monotonic()
        assert ask(model, on_notice=notices.append).message.text == "at last"
    assert time.monotonic() - start >= 0.4
    assert notices == [
        "moonshot/kimi-k2.6: HTTP 429 (slow down), waiting 0.2 s (try 2 of 8)",
        "moonshot/kimi-k2.6: HTTP 429 (slow down), waiting 0.2 s (try 3 of 8)",
    ]


def test_a_wait_is_capped_and_retries_end(models: list[Model]) -> None:
    busy = json_answer(503, {"error": {"message": "overloaded"}}, {"Retry-After": "3600"})
    with Peer(lambda n: busy) as peer:
        models.append(model := client(peer, patience=Patience(tries=3, longest=0.05)))
        with pytest.raises(Unreachable, match="overloaded"):
            ask(model)
    assert peer.requests == 3


def test_no_wait_begins_that_would_end_too_late(models: list[Model]) -> None:
    busy = json_answer(503, {}, {"Retry-After": "60"})
    with Peer(lambda n: busy) as peer:
        models.append(model := client(peer, patience=Patience(total=1.0)))
        with pytest.raises(Unreachable):
            ask(model)
    assert peer.requests == 1


def test_a_stall_is_known_by_the_bytes_that_do_not_come(models: list[Model]) -> None:
    chaos = Chaos(seed=1, rate=1.0, kinds=[Fault.STALL])
    with Endpoint(Counting(1), chaos=chaos) as endpoint:
        models.append(model := client(endpoint, patience=Patience(stall=0.05, tries=2, first=0.001)))
        with pytest.raises(Unreachable, match=r"no byte came for 0\.05 s"):
            ask(model)
    assert endpoint.seen.requests == 2


@pytest.mark.parametrize(
    ("begun", "trickle"),
    [
        (STREAM_HEAD, chunks([b": PROCESSING\n\n"])),
        (STREAM_HEAD + chunks([event({"choices": [{"delta": {"content": "Y"}}]})]), chunks([b": PROCESSING\n\n"])),
        (STREAM_HEAD.replace(b"text/event-stream", b"application/json"), chunks([b" "])),
    ],
)
def test_a_peer_that_only_keeps_the_connection_open_has_stalled(
    begun: bytes, trickle: bytes, models: list[Model]
) -> None:
    with Peer(lambda n: begun, repeat(trickle)) as peer:
        models.append(model := client(peer, patience=Patience(stall=0.2, tries=2, first=0.001)))
        start = time.monotonic()
        with pytest.raises(Unreachable, match=r"nothing but signs of life came for 0\.2 s"):
            ask(model)
    assert time.monotonic() - start < 5
    assert peer.requests == 2


def test_a_slow_peer_that_says_something_now_and_then_has_not_stalled(models: list[Model]) -> None:
    word = [b": PROCESSING\n\n"] * 5 + [event({"choices": [{"delta": {"content": "Y"}}]})]
    pieces = [chunks([piece]) for piece in (*word * 5, b"data: [DONE]\n\n")]
    with Peer(lambda n: STREAM_HEAD, [*pieces, STREAM_END]) as peer:
        models.append(model := client(peer, patience=Patience(stall=0.4, tries=1)))
        assert ask(model).message.text == "YYYYY"


@pytest.mark.parametrize(("status", "kind"), [(401, Refused), (400, Rejected), (404, Rejected), (422, Rejected)])
def test_what_will_not_pass_is_asked_once(status: int, kind: type[Exception], models: list[Model]) -> None:
    with Peer(lambda n: json_answer(status, {"error": {"message": "no"}})) as peer:
        models.append(model := client(peer))
        with pytest.raises(kind):
            ask(model)
    assert peer.requests == 1


def test_no_server_at_all_is_unreachable_with_a_next_step(models: list[Model]) -> None:
    with Peer(lambda n: b"") as peer:
        pass
    models.append(model := client(peer, patience=Patience(tries=2, first=0.001)))
    with pytest.raises(Unreachable, match="no connection") as caught:
        ask(model)
    assert "farside models" in caught.value.next_step


def test_a_smaller_window_than_advertised_is_learned_from_the_refusal(models: list[Model]) -> None:
    with Endpoint(Counting(1), window=5000) as endpoint:
        models.append(model := client(endpoint))
        with pytest.raises(ContextTooLong) as caught:
            ask(model, Message("user", "x" * 40_000))
    assert caught.value.limit == 5000


def test_unusable_replies_are_asked_again_and_their_bill_is_kept(models: list[Model]) -> None:
    thought = STREAM_HEAD + chunks(
        [
            event({"choices": [{"delta": {"reasoning_content": "Hm. Hm."}, "finish_reason": "stop"}]}),
            event({"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 7}}),
            b"data: [DONE]\n\n",
        ]
    )
    with Peer(lambda n: thought + STREAM_END if n < 3 else said({"content": "Yes."})) as peer:
        models.append(model := client(peer))
        reply = ask(model)
    assert (reply.message.text, reply.wasted) == ("Yes.", Usage(200, 0, 14))


def test_only_unusable_replies_end_as_unusable_with_their_bill(models: list[Model]) -> None:
    with Peer(lambda n: said({"reasoning_content": "Hm."}, finish="length")) as peer:
        models.append(model := client(peer))
        with pytest.raises(Unusable, match="all its tokens for thinking") as caught:
            ask(model)
    assert peer.requests == 5
    assert caught.value.wasted.input > 0


def test_half_a_call_at_the_length_limit_is_not_repaired(models: list[Model]) -> None:
    whole = {"index": 0, "id": "a", "function": {"name": "python", "arguments": '{"code": "1",}'}}
    half = {"index": 1, "id": "b", "function": {"name": "python", "arguments": '{"code": {"x": 1}'}}
    with Peer(lambda n: said({"tool_calls": [whole, half]}, finish="length")) as peer:
        models.append(model := client(peer))
        reply = ask(model)
    assert [call.arguments for call in reply.message.calls] == ['{"code": "1"}', '{"code": {"x": 1}']
    assert reply.finish == "length"


def test_an_error_inside_the_stream_is_classified(models: list[Model]) -> None:
    broken = STREAM_HEAD + chunks([b'data: {"error": {"code": 502, "message": "upstream gone"}}\n\n']) + STREAM_END
    with Peer(lambda n: broken if n == 1 else said({"content": "Yes."})) as peer:
        models.append(model := client(peer))
        assert ask(model).message.text == "Yes."


@pytest.mark.parametrize(
    "garbage",
    [
        b"data: {half\n\n",
        b'data: "text"\n\n',
        b"data: [1]\n\n",
        b'data: {"choices": ["x"]}\n\n',
        b"data: " + b"[" * 99_999 + b"\n\n",
    ],
)
def test_a_chunk_that_is_no_object_is_a_broken_stream(garbage: bytes, models: list[Model]) -> None:
    with Peer(
        lambda n: STREAM_HEAD + chunks([garbage]) + STREAM_END if n == 1 else said({"content": "Yes."})
    ) as peer:
        models.append(model := client(peer))
        assert ask(model).message.text == "Yes."


def test_a_peer_that_does_not_stream_is_understood(models: list[Model]) -> None:
    whole = {"model": "m", "choices": [{"message": {"content": "Yes."}, "finish_reason": "stop"}]}
    with Peer(lambda n: json_answer(200, whole)) as peer:
        models.append(model := client(peer))
        reply: Reply = ask(model)
    assert (reply.message.text, reply.model) == ("Yes.", "m")
    assert reply.anomalies == ("the peer reported no usage: estimated",)


def test_the_key_goes_out_as_a_bearer_token_and_into_no_message(models: list[Model]) -> None:
    with Peer(lambda n: json_answer(400, {"error": {"message": "bad token sk-secret"}})) as peer:
        models.append(model := client(peer))
        with pytest.raises(Rejected) as caught:
            ask(model)
    assert b"Bearer sk-secret" in peer.last
    assert "sk-secret" not in f"{caught.value!r} {caught.value.next_step} {model!r} {vars(model)}"


def test_a_brain_sees_the_body_that_was_sent(models: list[Model]) -> None:
    def echo(body: Body) -> Message:
        return Message("assistant", body["messages"][-1]["content"])

    with Endpoint(echo) as endpoint:
        models.append(model := client(endpoint))
        assert ask(model, Message("user", "富士")).message.text == "富士"


def test_arguments_nested_too_deep_are_handed_on_and_go_back_as_none(models: list[Model]) -> None:
    deep = {"index": 0, "id": "a", "function": {"name": "python", "arguments": '{"code": ' + "[" * 50_000}}
    with Peer(lambda n: said({"tool_calls": [deep]}) if n == 1 else said({"content": "Yes."})) as peer:
        models.append(model := client(peer))
        called = ask(model).message
        assert called.calls[0].arguments == deep["function"]["arguments"]  # type: ignore[index]
        assert ask(model, Message("user", "go"), called).message.text == "Yes."
    assert b'"arguments":"{}"' in peer.last


def test_a_header_that_is_none_shows_no_key(models: list[Model]) -> None:
    model = OpenAIWire(profile_for("openai/m"), "http://127.0.0.1:9/v1", Secret("sk-secret\n"), patience=QUICK)
    models.append(model)
    notices: list[str] = []
    with pytest.raises(Unreachable) as caught:
        ask(model, on_notice=notices.append)
    assert "sk-secret" not in f"{caught.value} {caught.value.next_step} {notices}"
