import tomllib
from collections.abc import Callable, Iterator, Mapping

import pytest

from farside.config import config_path
from farside.messages import Message, ToolCall
from farside.models.openai_wire.client import OpenAIWire
from farside.models.openai_wire.patience import Patience
from farside.models.preflight import Finding, check, corrections
from farside.models.profiles import profile_for
from farside.models.secret import Secret
from farside.testkit.endpoint import Endpoint
from farside.testkit.http import Body
from farside.testkit.rules import moonshot
from farside.testkit.sse import Dialect

Brain = Callable[[Body], Message]


def good(body: Body) -> Message:
    """Calls two tools at once, then answers."""
    if body.get("tools") and body["messages"][-1]["role"] == "user":
        calls = tuple(ToolCall("", "look_up_weather", f'{{"city": "{city}"}}') for city in ("Oslo", "Lima"))
        return Message("assistant", "", "Two cities.", calls)
    return Message("assistant", "ready", "One word.")


def leaking(body: Body) -> Message:
    reply = good(body)
    if not reply.calls:
        return reply
    leak = '<|tool_call_begin|>call_look_up_weather_1<|tool_call_argument_begin|>{"city": "Oslo"}<|tool_call_end|>'
    return Message("assistant", "", f"One city.{leak}")


def talking(body: Body) -> Message:
    return Message("assistant", "It is warm in Lima.")


def findings(endpoint: Endpoint, name: str = "moonshot/kimi-k2.6") -> dict[str, Finding]:
    model = OpenAIWire(profile_for(name), endpoint.base_url, Secret(), patience=Patience(tries=2, first=0.001))
    found = {finding.name: finding for finding in check(model)}
    model.close()
    return found


def test_a_good_endpoint_passes_every_question() -> None:
    with Endpoint(good, rules=moonshot) as endpoint:
        found = findings(endpoint)
    assert {finding.grade for finding in found.values()} == {"ok"}
    assert list(found) == [
        "reachable",
        "stream",
        "usage",
        "tool call",
        "parallel calls",
        "call ids",
        "thinking back",
        "empty thinking",
        "thinking field",
        "cache",
    ]
    assert corrections(list(found.values())) == {}


def test_a_server_that_is_not_there_is_one_failed_finding() -> None:
    with Endpoint(good) as endpoint:
        pass
    found = findings(endpoint)
    assert [finding.grade for finding in found.values()] == ["fail"]
    assert "no connection" in found["reachable"].sentence


def test_leaked_calls_and_foreign_ids_are_warnings() -> None:
    with Endpoint(leaking) as endpoint:
        found = findings(endpoint)
    assert (found["tool call"].grade, found["call ids"].grade) == ("warn", "warn")
    assert "salvaged from the thinking" in found["tool call"].sentence


def test_a_model_that_calls_nothing_is_advised_the_code_dialect_but_not_put_into_it() -> None:
    with Endpoint(talking) as endpoint:
        found = findings(endpoint, "ollama/small")
    assert found["tool call"].grade == "fail"
    line = found["tool call"].sentence.partition(f"{config_path()} ")[2]
    assert tomllib.loads(line) == {"profiles": {"ollama/small": {"tools": "code"}}}
    assert corrections(list(found.values())) == {}


def test_a_server_that_rejects_tools_is_advised_the_code_dialect_but_not_put_into_it() -> None:
    def rules(body: Mapping[str, object]) -> Iterator[str]:
        if "tools" in body:
            yield "this server does no tools"

    with Endpoint(good, rules=rules) as endpoint:
        found = findings(endpoint, "vllm/x")
    assert "does no tools" in found["tool call"].sentence
    assert 'profiles."vllm/x".tools = "code"' in found["tool call"].sentence
    assert corrections(list(found.values())).get("tools") is None


def test_one_reply_without_a_call_may_be_chance() -> None:
    asked: list[Body] = []

    def hesitant(body: Body) -> Message:
        asked.extend([body] if body.get("tools") else [])
        return talking(body) if len(asked) == 1 else good(body)

    with Endpoint(hesitant, rules=moonshot) as endpoint:
        found = findings(endpoint)
    assert found["tool call"].grade == "warn"
    assert "a second time" in found["tool call"].sentence
    assert found["thinking back"].grade == "ok"


def test_a_server_named_by_its_address_teaches_nothing_of_the_providers_own() -> None:
    taught = [Finding("reachable", "fail", "too long", {"window": 3000})]
    assert corrections(taught) == {"window": 3000}
    assert corrections(taught, "http://gpu:8000/v1") == {}


def test_absent_usage_and_another_thinking_field_are_told_and_corrected() -> None:
    with Endpoint(good, dialect=Dialect("reasoning_content", usage="none")) as endpoint:
        found = findings(endpoint, "vllm/x")
    assert (found["usage"].grade, found["cache"].grade) == ("warn", "warn")
    assert corrections(list(found.values())) == {"reasoning": "reasoning_content"}


@pytest.mark.parametrize("refused", ["thinking back", "empty thinking"])
def test_a_round_trip_that_is_refused_fails_with_the_peers_words(refused: str) -> None:
    def rules(body: object) -> list[str]:
        assert isinstance(body, Body)
        thinking = [message.get("reasoning_content") for message in body["messages"] if message.get("tool_calls")]
        unwanted = thinking and bool(thinking[0]) == (refused == "thinking back")
        return ["thinking is not welcome"] if unwanted else []

    with Endpoint(good, rules=lambda body: iter(rules(body))) as endpoint:
        found = findings(endpoint)
    assert found[refused].grade == "fail"
    assert "thinking is not welcome" in found[refused].sentence


def test_a_window_smaller_than_advertised_is_a_correction() -> None:
    with Endpoint(good, window=3000) as endpoint:
        found = findings(endpoint)
    assert found["reachable"].corrections == {"window": 3000}


def test_a_peer_that_wants_the_other_field_for_max_tokens_is_learned() -> None:
    def rules(body: Mapping[str, object]) -> Iterator[str]:
        if "max_tokens" in body:
            yield "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."

    with Endpoint(good, rules=rules) as endpoint:
        assert findings(endpoint)["reachable"].corrections == {"max_tokens_field": "max_completion_tokens"}
