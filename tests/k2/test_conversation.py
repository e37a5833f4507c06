"""Prompts read back: what the canonical form says is what the ids say."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farside.errors import FarsideError
from farside.k2.canonical import canonical
from farside.k2.conversation import read
from farside.k2.render import render_body
from tests.k2.speaking import BODIES, SMALL, real

SYSTEM = {"role": "system", "content": "You are Kimi, an AI assistant created by Moonshot AI."}


@settings(max_examples=80)
@given(BODIES)
def test_a_prompt_is_read_back_as_the_canonical_form(body: dict[str, Any]) -> None:
    form = canonical(body)
    rendered = render_body(body, SMALL)
    assert read(rendered.ids, SMALL) == form
    assert canonical(form) == form
    assert render_body(form, SMALL) == rendered


@settings(max_examples=20)
@given(BODIES)
def test_the_real_tokenizer_reads_them_back_too(body: dict[str, Any]) -> None:
    tokenizer = real()
    assert read(render_body(body, tokenizer).ids, tokenizer) == canonical(body)


FORMS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "name": "user"},
        {"role": "user", "content": "ab"},
    ),
    ({"role": "assistant", "reasoning_content": "x"}, {"role": "assistant", "content": "", "reasoning_content": ""}),
    (
        {"role": "assistant", "tool_calls": [{"id": "functions.fs.read:3", "function": {"arguments": {"a": 1}}}]},
        {
            "role": "assistant",
            "content": "",
            "reasoning_content": "",
            "tool_calls": [
                {
                    "id": "functions.fs.read:3",
                    "type": "function",
                    "function": {"name": "fs.read", "arguments": '{"a": 1}'},
                }
            ],
        },
    ),
    (
        {"role": "tool", "tool_call_id": "a\nb", "content": "c"},
        {"role": "tool", "tool_call_id": "a", "content": "b\nc"},
    ),
    (
        {"role": "tool", "name": "system", "tool_call_id": "a", "content": "c"},
        {"role": "system", "content": "## Return of a\nc"},
    ),
    (
        {"role": "system", "name": "f", "content": "## Return of a\nc"},
        {"role": "tool", "name": "f", "tool_call_id": "a", "content": "c"},
    ),
    ({"role": "user", "content": "\ud83c"}, {"role": "user", "content": "\ufffd"}),
]


@pytest.mark.parametrize(("message", "form"), FORMS)
def test_the_rules_of_the_canonical_form(message: dict[str, Any], form: dict[str, Any]) -> None:
    body = {"messages": [SYSTEM, message], "tools": [], "temperature": 1}
    assert canonical(body) == {"messages": [SYSTEM, form], "tools": None, "add_generation_prompt": True}
    if message["role"] != "system":
        assert canonical({"messages": [message]})["messages"] == [SYSTEM, form]


def test_a_first_system_message_is_one_whatever_it_says() -> None:
    message = {"role": "system", "name": "f", "content": "## Return of a\nc"}
    body = {"messages": [message], "add_generation_prompt": False}
    assert canonical(body) == {"messages": [message], "tools": None, "add_generation_prompt": False}
    assert read(render_body(body, SMALL).ids, SMALL) == canonical(body)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hello", "it ends within a message"),
        ("<|im_user|>user<|im_middle|>a", "it ends within a message"),
        ("user<|im_middle|>a<|im_end|>", "a message begins with 'user<|im_middle|>a'"),
        ("<|im_end|>", "a message begins with '<|im_end|>'"),
        ("<|im_system|>tool_declare<|im_middle|>{<|im_end|>", "its tools are no JSON"),
    ],
)
def test_other_ids_are_refused(text: str, why: str) -> None:
    with pytest.raises(FarsideError) as refused:
        read(SMALL.encode_markup(text), SMALL)
    assert str(refused.value) == f"These ids are no prompt of the K2 template: {why}."


@settings(max_examples=50)
@given(st.lists(st.integers(SMALL.size - 260, SMALL.size - 230), max_size=12))
def test_any_ids_are_read_or_refused(ids: list[int]) -> None:
    try:
        read(ids, SMALL)
    except FarsideError as error:
        assert error.next_step
