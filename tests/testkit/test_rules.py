import pytest

from farside.testkit.rules import moonshot, plain, too_long
from tests.testkit.wire import Said, body, calling, result, user

A, B = "functions.python:0", "functions.python:1"
TOOL = {"type": "function", "function": {"name": "python", "parameters": {"properties": {"x": {"type": "string"}}}}}


def tool(name: str, **schema: object) -> Said:
    return {"type": "function", "function": {"name": name, "parameters": {"properties": {"x": schema}}}}


@pytest.mark.parametrize(
    "messages",
    [
        (user("go"),),
        ({"role": "system", "content": "be"}, user("go"), calling(A, B), result(B), result(A), user("on")),
        (
            user("go"),
            calling(A),
            result(A),
            {"role": "assistant", "content": "done"},
            user("on"),
            calling(B),
            result(B),
        ),
        (user("go"), calling(A, content="Looking.", reasoning_content="Hm."), result(A)),
        (user("go"), calling(A), result(A, text="")),
    ],
)
def test_valid_requests_pass(messages: tuple[Said, ...]) -> None:
    assert list(moonshot(body(*messages, tools=[TOOL]))) == []


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ((user("go"), calling(A)), f"did not have response messages: {A}"),
        ((user("go"), calling(A), user("on"), result(A)), "did not have response messages"),
        ((user("go"), calling(A, B), result(A), user("on")), f"did not have response messages: {B}"),
        ((user("go"), result(A)), f"tool_call_id {A} is not found"),
        ((user("go"), calling(A), result(A), result(A)), "is not found"),
        ((user("go"), calling(B), result(B)), f"{B!r} where {A!r} belongs"),
        ((user("go"), calling("functions.c:0"), result("functions.c:0"), calling(A), result(A)), f"{B!r} belongs"),
        ((user("go"), calling(A, reasoning_content=None), result(A)), "reasoning_content is missing"),
        ((user("go"), {"role": "assistant", "content": ""}, user("on")), "must not be empty"),
        ((user(""),), "must not be empty"),
        ((user("go"), calling(A, content=[{"type": "text", "text": ""}]), result(A)), "text content is empty"),
        ((user("go"), {"role": "assistant", "content": "done"}), "last message"),
        (({"role": "developer", "content": "x"}, user("go")), "unknown role 'developer'"),
    ],
)
def test_each_violation_is_named_in_the_providers_words(messages: tuple[Said, ...], words: str) -> None:
    assert any(words in violation for violation in moonshot(body(*messages)))


@pytest.mark.parametrize("arguments", ['{"x": ', "[1]", "text", ""])
def test_arguments_must_be_an_object(arguments: str) -> None:
    call = calling(A)
    call["tool_calls"][0]["function"]["arguments"] = arguments
    assert list(moonshot(body(user("go"), call, result(A)))) == [
        f"Invalid request: function arguments of {A} are no JSON object"
    ]


@pytest.mark.parametrize(
    ("tools", "words"),
    [
        ([tool("x", type="string")], "function name 'x' is invalid"),
        ([tool("python", description="no type")], "At path 'properties.x': type is not defined"),
        ([TOOL] * 129, "129 tools, at most 128"),
    ],
)
def test_tools_are_judged(tools: list[Said], words: str) -> None:
    assert [violation for violation in moonshot(body(tools=tools)) if words in violation]


def test_temperature_has_a_range() -> None:
    assert list(moonshot(body(temperature=1.5))) == ["invalid temperature: 1.5"]


def test_plain_minds_only_the_pairs() -> None:
    loose = body(user("go"), calling("functions.x:7", reasoning_content=None), result("functions.x:7"))
    assert list(plain(loose)) == []
    assert list(plain(body(user("go"), calling("functions.x:7")))) != []


def test_prompt_and_reply_must_fit_the_window_together() -> None:
    assert too_long(body(), prompt=900, window=1000) == ""
    assert too_long(body(), prompt=901, window=1000).endswith("token limit: 1000 (requested: 1001)")
    assert too_long({"max_completion_tokens": 100}, prompt=901, window=1000) != ""
