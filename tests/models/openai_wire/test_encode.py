import json
from pathlib import Path
from typing import Any

import pytest

from farside.messages import Message, Request, ToolCall, ToolSpec
from farside.models.ids import kimi_ids
from farside.models.openai_wire.encode import Encoder
from farside.models.profiles import profile_for
from farside.testkit.rules import moonshot

GOLDEN = Path(__file__).parents[1] / "golden"
NAMES = (
    "moonshot/kimi-k2-thinking",
    "moonshot/kimi-k2.5",
    "moonshot/kimi-k2.6",
    "moonshot/kimi-k3",
    "openrouter/moonshotai/kimi-k2-thinking",
    "vllm/moonshotai/Kimi-K2-Thinking",
    "sglang/moonshotai/Kimi-K2-Thinking",
    "ollama/kimi-k2-thinking:cloud",
    "ollama/qwen3",
    "openai/some-model",
)
SEARCH = ToolSpec("search", "Finds pages.", '{"type": "object", "properties": {"words": {"type": "string"}}}')


def conversation() -> tuple[Message, ...]:
    """One of everything: two calls at once, a call without thinking, bad arguments, an answer, a note."""
    details = '[{"type": "reasoning.text", "text": "Two searches.", "format": "moonshot-v1", "index": 0}]'
    return (
        Message("system", "You are thorough."),
        Message("user", "Which is higher, Ætna or Fuji?"),
        Message(
            "assistant",
            "I will look.",
            "Two searches.",
            (ToolCall("c1", "search", '{"words": "Ætna"}'), ToolCall("c2", "search", '{"words": "Fuji"}')),
            details=details,
        ),
        Message("tool", "3,403 m", call_id="c1", name="search"),
        Message("tool", "3,776 m", call_id="c2", name="search"),
        Message("assistant", calls=(ToolCall("c3", "search", '{"words": '),)),
        Message("tool", "These arguments are no JSON.", call_id="c3", name="search"),
        Message("assistant", "Fuji.", "3,776 is more."),
        Message("user", "Are you sure?", name="note"),
    )


def body_of(name: str, messages: tuple[Message, ...], **fields: Any) -> dict[str, Any]:
    profile = profile_for(name)
    if profile.ids == "kimi":
        messages = kimi_ids(messages)
    request = Request(messages, (SEARCH,), cache_key="run-1", seed=7, **fields)
    parsed: dict[str, Any] = json.loads(Encoder(profile).body(request))
    return parsed


@pytest.mark.parametrize("name", NAMES)
def test_the_body_of_each_peer_is_pinned(name: str) -> None:
    """To accept a change on purpose, delete the file and run again."""
    path = GOLDEN / (name.replace("/", "_").replace(":", "_") + ".json")
    text = json.dumps(body_of(name, conversation()), indent=1, ensure_ascii=False) + "\n"
    if not path.exists():
        path.write_text(text)
        pytest.fail(f"{path} was missing and is written now: look at it")
    assert text == path.read_text()


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("moonshot/")])
def test_moonshot_accepts_what_is_sent(name: str) -> None:
    assert list(moonshot(body_of(name, conversation()))) == []


def test_a_grown_conversation_is_encoded_as_a_fresh_one_would_be() -> None:
    encoder = Encoder(profile_for("vllm/some-model"))
    messages = conversation()
    for end in (3, 5, 9, 4, 7):
        request = Request(messages[:end])
        assert encoder.body(request) == Encoder(encoder.profile).body(request)


def test_an_edited_conversation_is_encoded_anew() -> None:
    encoder = Encoder(profile_for("vllm/some-model"))
    messages = conversation()
    encoder.body(Request(messages))
    edited = (*messages[:3], Message("tool", "hidden", call_id="c1", name="search"), *messages[4:])
    assert json.loads(encoder.body(Request(edited)))["messages"][3]["content"] == "hidden"


def test_thinking_goes_back_in_the_field_that_the_peer_used() -> None:
    encoder = Encoder(profile_for("vllm/some-model"))
    request = Request(conversation())
    assert json.loads(encoder.body(request))["messages"][2]["reasoning"] == "Two searches."
    encoder.learn("reasoning_content")
    message = json.loads(encoder.body(request))["messages"][2]
    assert message["reasoning_content"] == "Two searches."
    assert "reasoning" not in message


def test_thinking_from_another_peer_goes_to_openrouter_as_text() -> None:
    messages = (Message("user", "go"), Message("assistant", "", "Hm.", (ToolCall("c1", "search", "{}"),)))
    sent = body_of("openrouter/some-model", messages)["messages"][1]
    assert sent["reasoning"] == "Hm."
    assert "reasoning_details" not in sent


def test_the_request_decides_over_the_profile() -> None:
    body = body_of("moonshot/kimi-k2-thinking", conversation(), temperature=0.0, max_tokens=100)
    assert (body["temperature"], body["max_tokens"]) == (0.0, 100)


def test_undecodable_output_does_not_fail_the_request() -> None:
    body = body_of("openai/some-model", (Message("user", "bytes: \udcff"),))
    assert body["messages"][0]["content"] == "bytes: ?"


def test_a_schema_and_a_stop_are_sent_only_when_given() -> None:
    user = (Message("user", "Which?"),)
    body = body_of("openai/some-model", user, schema='{"enum": ["a"]}', stop="\n\n")
    schema = {"name": "reply", "strict": True, "schema": {"enum": ["a"]}}
    assert (body["response_format"], body["stop"]) == ({"type": "json_schema", "json_schema": schema}, ["\n\n"])
    assert not {"response_format", "stop"} & body_of("openai/some-model", user).keys()


@pytest.mark.parametrize("arguments", ["[" * 100_000, '{"a": ' * 5000 + "1" + "}" * 5000, '{"a": "raw\nend"}'])
def test_arguments_that_a_server_cannot_read_are_sent_as_none(arguments: str) -> None:
    called = Message("assistant", calls=(ToolCall("c1", "search", arguments),))
    sent = body_of("openai/some-model", (Message("user", "go"), called))["messages"][1]
    assert sent["tool_calls"][0]["function"]["arguments"] == "{}"
