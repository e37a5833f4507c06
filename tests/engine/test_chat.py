"""A chat around any engine: what it is given, what is streamed, and what stays in the prompt."""

from typing import Any

import pytest

pytest.importorskip("tiktoken", reason="the tokenizer rests on tiktoken (extra k2)")

from farside.engine.base import Sampling
from farside.engine.chat import Answer, Chat, PromptTooLong
from farside.errors import FarsideError
from farside.k2.deltas import Content, Turn, TurnEnd
from farside.k2.render import render_body
from tests.engine.told import Told, by_byte, ids_of
from tests.k2.speaking import SMALL

USER = {"role": "user", "content": "hello"}
TOOLS = [{"type": "function", "function": {"name": "f"}}]
CALLING = (
    "<think>hello in</think>hello<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0"
    '<|tool_call_argument_begin|>{"in": 1}<|tool_call_end|><|tool_calls_section_end|><|im_end|>'
)
RETURN = {"role": "tool", "name": "f", "tool_call_id": "functions.f:0", "content": "hello"}


def heard(answer: Answer) -> list[str]:
    """Read an answer to its end; return the pieces of what is said to the user."""
    return [delta.text for delta in answer if isinstance(delta, Content)]


def test_the_engine_is_given_what_render_shows() -> None:
    engine = Told(ids_of("hello<|im_end|>"))
    sampling = Sampling(0.5, 0.9, 0.1, 7)
    answer = Chat(engine, SMALL).ask([USER], 99, TOOLS, sampling)
    assert heard(answer) == ["hello"]
    (job,) = engine.jobs
    assert job.prompt == render_body({"messages": [USER], "tools": TOOLS}, SMALL).ids
    assert (job.max_tokens, job.sampling) == (99, sampling)
    assert job.ends == {SMALL.control[name] for name in ("<|im_end|>", "[EOS]", "[EOT]")}
    assert (answer.prompt_tokens, answer.cached, len(answer.ids)) == (len(job.prompt), 0, 2)
    assert (answer.finish, answer.turn) == ("stop", Turn(content="hello"))
    assert engine.streams[0].closed


def test_a_character_is_never_split() -> None:
    answer = Chat(Told(by_byte("a月😀<|im_end|>")), SMALL).ask([USER], 99)
    assert heard(answer) == ["a", "月", "😀"]


def test_a_turn_without_an_end_is_cut() -> None:
    answer = Chat(Told(by_byte("月月")), SMALL).ask([USER], 4)
    assert heard(answer) == ["月", "�"]
    assert answer.finish == "length"


def test_a_stop_text_over_several_tokens_is_held_back() -> None:
    engine = Told(by_byte("<think>a END</think>one EN, two END three<|im_end|>"))
    answer = Chat(engine, SMALL).ask([USER], 99, stop="END")
    assert "".join(heard(answer)) == "one EN, two "
    assert (answer.turn.reasoning, answer.finish) == ("a END", "stop")
    assert len(answer.ids) == len(by_byte("<think>a END</think>one EN, two END"))
    assert engine.streams[0].closed


def test_sampled_ids_stay_in_place_while_the_chain_lasts() -> None:
    sampled = by_byte(CALLING)
    engine = Told(sampled, ids_of("hello<|im_end|>"), ids_of("in<|im_end|>"))
    chat = Chat(engine, SMALL)
    first = chat.ask([USER], 200, TOOLS)
    heard(first)
    talk: list[dict[str, Any]] = [USER, first.turn.message, RETURN]
    second = chat.ask(talk, 200, TOOLS)
    heard(second)
    assert list(engine.jobs[1].prompt[: second.cached]) == [*engine.jobs[0].prompt, *sampled]
    assert second.cached == first.prompt_tokens + len(sampled)
    talk += [second.turn.message, USER]
    heard(chat.ask(talk, 200, TOOLS))
    assert engine.jobs[2].prompt == render_body({"messages": talk, "tools": TOOLS}, SMALL).ids


def test_sampled_ids_outlive_another_conversation_and_a_changed_past() -> None:
    sampled = by_byte(CALLING)
    engine = Told(sampled, *[ids_of("x<|im_end|>")] * 3)
    chat = Chat(engine, SMALL)
    first = chat.ask([USER], 200, TOOLS)
    heard(first)
    heard(chat.ask([{"role": "user", "content": "in"}], 9))
    changed = {**USER, "content": "hell"}
    heard(chat.ask([changed, first.turn.message, RETURN], 9, TOOLS))
    before = render_body({"messages": [changed], "tools": TOOLS}, SMALL).ids
    assert list(engine.jobs[2].prompt[: len(before) + len(sampled)]) == [*before, *sampled]


def test_a_cut_turn_is_written_anew() -> None:
    engine = Told(by_byte(CALLING), ids_of("x<|im_end|>"))
    chat = Chat(engine, SMALL)
    cut = chat.ask([USER], len(by_byte(CALLING)) - 3, TOOLS)
    heard(cut)
    assert (cut.finish, cut.turn.left_open) == ("length", "call")
    talk: list[dict[str, Any]] = [USER, cut.turn.message, RETURN]
    heard(chat.ask(talk, 9, TOOLS))
    assert engine.jobs[1].prompt == render_body({"messages": talk, "tools": TOOLS}, SMALL).ids


def test_a_prompt_that_fills_the_window_is_refused_and_a_reply_is_clipped_to_it() -> None:
    size = len(render_body({"messages": [USER]}, SMALL).ids)
    with pytest.raises(PromptTooLong, match=f"has {size} tokens; the window has {size}") as caught:
        Chat(Told([], window=size), SMALL).ask([USER], 9)
    assert caught.value.limit == size
    engine = Told(ids_of("hello hello<|im_end|>"), window=size + 2)
    answer = Chat(engine, SMALL).ask([USER], 9)
    heard(answer)
    assert (engine.jobs[0].max_tokens, answer.finish) == (2, "length")


def test_what_is_no_request_is_refused_and_the_chat_goes_on() -> None:
    engine = Told(ids_of("x<|im_end|>"))
    chat = Chat(engine, SMALL)
    with pytest.raises(FarsideError, match=r"messages\[1\]"):
        chat.ask([USER, {"role": "moon"}], 9)
    heard(chat.ask([USER, USER], 9))
    assert engine.jobs[0].prompt == render_body({"messages": [USER, USER]}, SMALL).ids


def test_an_answer_closed_early_ends_its_stream() -> None:
    engine = Told(by_byte("hello hello<|im_end|>"))
    answer = Chat(engine, SMALL).ask([USER], 99)
    assert next(iter(answer)) == Content("h")
    answer.close()
    answer.close()
    assert engine.streams[0].closed
    assert answer.turn == Turn(content="h")
    assert [each for each in answer if not isinstance(each, Content)] == [TurnEnd("")]
