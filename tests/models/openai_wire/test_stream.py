import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from farside.messages import Message, Part, ToolCall
from farside.models.openai_wire.stream import Draft, events
from farside.testkit.sse import Dialect, stream, usage_of

REPLY = Message(
    "assistant",
    "Fuji is higher: 3,776 m. " * 30,
    "Ætna… 3,403 m; 富士 3,776 m.",
    (ToolCall("a", "search", '{"words": "富士\\n"}'), ToolCall("b", "read_file", "{}")),
)
WIRE = b"".join(stream(REPLY, usage_of(10, 2, 5, Dialect()), "m", Dialect()))


def folded(wire: list[bytes]) -> tuple[Draft, list[Part]]:
    draft = Draft()
    parts: list[Part] = []
    for data in events(wire):
        if data not in (b"", b"[DONE]"):
            parts += draft.add(json.loads(data))
    return draft, parts


def deltas(*each: dict[str, Any]) -> Draft:
    draft = Draft()
    for delta in each:
        list(draft.add({"choices": [{"delta": delta}]}))
    return draft


def said(draft: Draft) -> Message:
    calls = tuple(ToolCall(call.id, call.name, "".join(call.arguments)) for call in draft.calls)
    return Message("assistant", "".join(draft.text), "".join(draft.thinking), calls)


@given(st.lists(st.integers(0, len(WIRE)), max_size=40))
def test_however_the_stream_is_cut_the_reply_is_the_same(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(WIRE)]
    draft, parts = folded([WIRE[a:b] for a, b in pairwise(edges)])
    assert said(draft) == REPLY
    assert (draft.finish, draft.model, draft.spoken) == ("tool_calls", "m", "reasoning_content")
    assert "".join(part.text for part in parts if part.kind == "thinking") == REPLY.thinking


def test_crlf_comments_and_a_missing_last_newline_are_understood() -> None:
    wire = b': hello\r\n\r\nevent: x\r\ndata:{"choices": [{"delta": {"content": "Yes"}}]}\r\n\r\ndata: [DONE]'
    assert list(events([wire])) == [b'{"choices": [{"delta": {"content": "Yes"}}]}', b"[DONE]"]


def test_a_call_shows_its_name_and_then_its_arguments() -> None:
    _, parts = folded([WIRE])
    assert [part.text for part in parts if part.kind == "call"] == [
        "search",
        '{"words": "富士\\n"}',
        "read_file",
        "{}",
    ]


def test_whole_calls_that_all_carry_index_zero_are_told_apart_by_their_ids() -> None:
    first = {"index": 0, "id": "a", "function": {"name": "look", "arguments": "{}"}}
    second = {"index": 0, "id": "b", "function": {"name": "find", "arguments": {"x": 1}}}
    draft = deltas({"tool_calls": [first]}, {"tool_calls": [second]})
    assert said(draft).calls == (ToolCall("a", "look", "{}"), ToolCall("b", "find", '{"x": 1}'))


def test_interleaved_calls_without_repeated_ids_are_told_apart_by_index() -> None:
    draft = deltas(
        {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "look", "arguments": ""}}]},
        {"tool_calls": [{"index": 1, "id": "b", "function": {"name": "find", "arguments": ""}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"x"'}}]},
        {"tool_calls": [{"index": 1, "function": {"arguments": "{}"}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": ": 1}"}}]},
    )
    assert said(draft).calls == (ToolCall("a", "look", '{"x": 1}'), ToolCall("b", "find", "{}"))


def test_usage_in_the_last_choice_is_found() -> None:
    draft = Draft()
    list(draft.add({"choices": [{"delta": {}, "finish_reason": "stop", "usage": {"prompt_tokens": 5}}]}))
    list(draft.add({"choices": [], "usage": None}))
    assert draft.usage == {"prompt_tokens": 5}


def test_streamed_reasoning_details_are_joined_and_opaque_ones_are_kept() -> None:
    draft = deltas(
        {"reasoning": "Let ", "reasoning_details": [{"type": "reasoning.text", "text": "Let ", "index": 0}]},
        {"reasoning": "me.", "reasoning_details": [{"type": "reasoning.text", "text": "me.", "index": 0}]},
        {"reasoning_details": [{"type": "reasoning.encrypted", "data": "xyz", "index": 1, "id": "r1"}]},
        {"reasoning_details": [{"type": "reasoning.text", "text": None, "signature": "s", "index": 2}]},
    )
    assert draft.details == [
        {"type": "reasoning.text", "text": "Let me.", "index": 0},
        {"type": "reasoning.encrypted", "data": "xyz", "index": 1, "id": "r1"},
        {"type": "reasoning.text", "text": None, "signature": "s", "index": 2},
    ]
    assert "".join(draft.thinking) == "Let me."


def test_the_same_thinking_under_two_names_is_taken_once() -> None:
    assert said(deltas({"reasoning": "Hm.", "reasoning_content": "Hm."})).thinking == "Hm."


def test_text_parts_and_nulls_are_understood() -> None:
    draft = deltas({"content": None, "tool_calls": None}, {"content": [{"type": "text", "text": "Yes"}]})
    assert said(draft) == Message("assistant", "Yes")


def test_a_comment_is_no_event() -> None:
    wire = [b": PROCESSING\n\n", b"data: {", b"}\n\n: PROCESSING\n\n", b"data:\n\n", b"data: [DONE]"]
    assert list(events(wire)) == [b"", b"", b"{}", b"", b"", b"[DONE]"]


def test_a_kimi_prefix_before_a_name_is_dropped() -> None:
    draft = deltas({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "functions.read_file"}}]})
    assert said(draft).calls == (ToolCall("a", "read_file", ""),)
