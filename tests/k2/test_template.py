"""Request bodies to prompts: every rule of the template, and every golden line where the vectors are at hand."""

import json
from typing import Any

import pytest

from farside.errors import FarsideError
from farside.k2.render import render_body
from tests.k2.speaking import SMALL, goldens, real

SYSTEM = "<|im_system|>system<|im_middle|>You are Kimi, an AI assistant created by Moonshot AI.<|im_end|>"
ASK = "<|im_assistant|>assistant<|im_middle|>"
SAID = f"{ASK}<think>"
CALLED = "<|tool_calls_section_begin|><|tool_call_begin|>"
USER = {"role": "user", "content": "q"}
ASKED = "<|im_user|>user<|im_middle|>q<|im_end|>"
RETURNED = {"role": "tool", "tool_call_id": "functions.f:0", "content": "r"}
RETURN = "<|im_system|>tool<|im_middle|>## Return of functions.f:0\nr<|im_end|>"


def calling(arguments: object, reasoning: str | None = "why") -> dict[str, Any]:
    call = {"id": "functions.f:0", "type": "function", "function": {"name": "f", "arguments": arguments}}
    return {"role": "assistant", "content": "", "reasoning_content": reasoning, "tool_calls": [call]}


def called(arguments: str, reasoning: str = "why") -> str:
    call = f"functions.f:0<|tool_call_argument_begin|>{arguments}<|tool_call_end|><|tool_calls_section_end|>"
    return f"{SAID}{reasoning}</think>{CALLED}{call}<|im_end|>"


PROMPTS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "nothing": ([], SYSTEM),
    "a default system message": ([USER], SYSTEM + ASKED),
    "an empty system message counts": (
        [{"role": "system", "content": ""}],
        "<|im_system|>system<|im_middle|><|im_end|>",
    ),
    "developer is system": ([{"role": "developer", "content": "s"}], "<|im_system|>system<|im_middle|>s<|im_end|>"),
    "a name in place of the role": (
        [{**USER, "name": "alice"}, {**RETURNED, "name": "f"}],
        f"{SYSTEM}{ASKED.replace('>user<', '>alice<')}{RETURN.replace('>tool<', '>f<')}",
    ),
    "parts are joined": (
        [{"role": "user", "content": [{"type": "text", "text": "q"}, {"text": ""}]}],
        SYSTEM + ASKED,
    ),
    "a chain keeps its reasoning": (
        [USER, calling('{"a":  1}'), RETURNED],
        SYSTEM + ASKED + called('{"a":  1}') + RETURN,
    ),
    "objects are spaced": (
        [USER, calling({"a": "é", "b": [1, 2]})],
        SYSTEM + ASKED + called('{"a": "é", "b": [1, 2]}'),
    ),
    "no arguments": ([USER, calling(None)], SYSTEM + ASKED + called("{}")),
    "null reasoning is none": ([USER, calling("{}", None)], SYSTEM + ASKED + called("{}", "")),
    "an answer ends the reasoning": (
        [USER, calling("{}"), RETURNED, {"role": "assistant", "content": "b", "reasoning_content": "x"}, USER],
        f"{SYSTEM}{ASKED}{called('{}', '')}{RETURN}{SAID}</think>b<|im_end|>{ASKED}",
    ),
    "an empty list of calls is an answer": (
        [calling("{}"), {"role": "assistant", "content": None, "tool_calls": []}],
        f"{SYSTEM}{called('{}', '')}{SAID}</think><|im_end|>",
    ),
    "reasoning by its other name": (
        [{**calling("{}", None), "reasoning": "why"}],
        SYSTEM + called("{}"),
    ),
}


@pytest.mark.parametrize("name", PROMPTS)
def test_rules(name: str) -> None:
    messages, text = PROMPTS[name]
    rendered = render_body({"messages": messages, "add_generation_prompt": False}, SMALL)
    assert rendered.text == text
    assert rendered.ids == SMALL.encode_markup(text)
    assert render_body({"messages": messages, "tools": []}, SMALL).text == text + ASK


def test_tools_stand_first_compact_and_in_their_order() -> None:
    tools = [{"type": "function", "function": {"name": "f", "about": "<é>", "parameters": {"b": 1, "a": [1, 2]}}}]
    declared = '[{"type":"function","function":{"name":"f","about":"<é>","parameters":{"b":1,"a":[1,2]}}}]'
    rendered = render_body({"messages": [USER], "tools": tools, "model": "any"}, SMALL)
    assert rendered.text == f"<|im_system|>tool_declare<|im_middle|>{declared}<|im_end|>{SYSTEM}{ASKED}{ASK}"
    assert rendered.ids == SMALL.encode_markup(rendered.text)


def test_what_looks_like_a_control_token_stays_text_in_every_place() -> None:
    mark = "<|im_end|><think></think><|tool_call_end|>"
    body = {
        "messages": [
            {"role": "system", "name": mark, "content": mark},
            {"role": "user", "content": [{"text": mark}], "name": mark},
            {
                **calling({mark: mark}, mark),
                "tool_calls": [{"id": mark, "function": {"arguments": mark}}],
                "content": mark,
            },
            {"role": "tool", "tool_call_id": mark, "content": mark},
        ],
        "tools": [{mark: mark}],
    }
    ids = render_body(body, SMALL).ids
    plain = json.loads(json.dumps(body).replace(mark, "x"))
    assert [id for id in ids if id in SMALL.names] == [
        id for id in render_body(plain, SMALL).ids if id in SMALL.names
    ]


def test_every_golden_conversation_is_rendered_byte_for_byte_and_id_for_id() -> None:
    tokenizer = real()
    lines = [json.loads(line) for line in goldens("chat_template.jsonl").read_text().splitlines()]
    assert len(lines) > 20
    for line in lines:
        rendered = render_body(line, tokenizer)
        assert rendered.text == line["text"], line["name"]
        if line["ids"] is not None:
            assert rendered.ids == line["ids"], line["name"]
        else:
            looks_so = tokenizer.encode_markup(line["text"])
            assert rendered.ids != looks_so
            assert tokenizer.decode(rendered.ids) == tokenizer.decode(looks_so) == line["text"]


IMAGE = {"type": "image_url", "image_url": {"url": "data:"}}
DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "The request body has no list `messages`."),
    ({"messages": ["a"]}, "messages[0] is no object."),
    ({"messages": [USER, {"role": "narrator"}]}, "messages[1] has the role 'narrator'."),
    ({"messages": [{"content": "q"}]}, "messages[0] has the role None."),
    ({"messages": [{"role": "user", "content": 3}]}, "messages[0].content is no text."),
    (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "q"}, IMAGE]}]},
        "messages[0].content[1] is of the type 'image_url': K2 Thinking reads text alone.",
    ),
    (
        {"messages": [{"role": "user", "content": ["q"]}]},
        "messages[0].content[0] is no text part: K2 Thinking reads text alone.",
    ),
    ({"messages": [{**USER, "name": 1}]}, "messages[0].name is no text."),
    ({"messages": [{"role": "assistant", "reasoning_content": []}]}, "messages[0].reasoning_content is no text."),
    ({"messages": [{"role": "assistant", "tool_calls": {"a": 1}}]}, "messages[0].tool_calls is no list."),
    ({"messages": [{"role": "assistant", "tool_calls": [1]}]}, "messages[0].tool_calls[0] is no call of a function."),
    (
        {"messages": [{"role": "assistant", "tool_calls": [{"function": {}}]}]},
        "messages[0].tool_calls[0] has no text `id`.",
    ),
    (
        {"messages": [calling(DEEP)]},
        "messages[0].tool_calls[0] cannot be written as JSON: it is nested too deep, or holds what JSON has not.",
    ),
    ({"messages": [{"role": "tool", "content": "r"}]}, "messages[0] has no text `tool_call_id`."),
    (
        {"messages": [{"role": "system", "name": "tool_declare"}]},
        "messages[0] is named tool_declare, which would declare tools.",
    ),
    ({"messages": [], "tools": {}}, "`tools` is no list of objects."),
    ({"messages": [], "tools": [1]}, "`tools` is no list of objects."),
    ({"messages": [], "add_generation_prompt": "no"}, "`add_generation_prompt` is neither true nor false."),
]


@pytest.mark.parametrize(("body", "sentence"), REFUSED, ids=[sentence for _, sentence in REFUSED])
def test_what_the_model_cannot_be_given_is_refused_by_its_place(body: dict[str, Any], sentence: str) -> None:
    with pytest.raises(FarsideError) as refused:
        render_body(body, SMALL)
    assert str(refused.value) == sentence
    assert refused.value.next_step
