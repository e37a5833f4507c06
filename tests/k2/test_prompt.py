"""A growing prompt: the same ids as rendering all of it, cheaply, with sampled turns in their place."""

from typing import Any

import pytest
from hypothesis import given, settings

from farside.errors import FarsideError
from farside.k2.parser import parse_tokens
from farside.k2.prompt import Prompt
from farside.k2.render import render_body
from farside.k2.wire import Wire
from tests.k2.speaking import BODIES, SMALL, Counting, small

USER = {"role": "user", "content": "hello"}
TOOLS = [{"type": "function", "function": {"name": "f"}}]
TURN = (
    "<think>hello in</think>hello<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0"
    '<|tool_call_argument_begin|>{"in":1}<|tool_call_end|><|tool_calls_section_end|>'
)
RETURN = {"role": "tool", "tool_call_id": "functions.f:0", "content": "hello"}


@settings(max_examples=30)
@given(BODIES)
def test_it_is_the_whole_prompt_at_every_step(body: dict[str, Any]) -> None:
    tools = body.get("tools")
    prompt = Prompt(SMALL, tools)
    for said, message in enumerate([None, *body["messages"]]):
        if message is not None:
            assert prompt.append(message) is False
        whole = {"messages": body["messages"][:said], "tools": tools}
        assert prompt.ids() == render_body(whole, SMALL).ids
        assert prompt.count() == len(prompt.ids())
        bare = render_body({**whole, "add_generation_prompt": False}, SMALL).ids
        assert prompt.ids(add_generation_prompt=False) == bare
        assert prompt.count(add_generation_prompt=False) == len(bare)


def letter_by_letter(text: str) -> list[int]:
    """Spell a turn as a model may, though no tokenizer would: without one merge."""
    ids: list[int] = []
    for piece in SMALL.pieces(SMALL.encode_markup(text)):
        ids += piece.encode() if isinstance(piece, str) else [SMALL.control[piece.name]]
    return ids


def test_what_was_sampled_stays_in_place_within_the_chain() -> None:
    prompt = Prompt(SMALL, TOOLS)
    prompt.append(USER)
    seen: list[int] = []
    for ending in ("", "<|im_end|>", "[EOS]"):
        before = prompt.ids()
        assert before[: len(seen)] == seen
        sampled = [*letter_by_letter(TURN), *SMALL.encode_markup(ending)]
        message = parse_tokens(sampled, SMALL).message
        seen = [*before, *letter_by_letter(TURN)]
        assert sampled != SMALL.encode_markup(TURN + ending)
        assert prompt.append(message, sampled) is True
        prompt.append(RETURN)
    assert prompt.ids()[: len(seen)] == seen
    assert SMALL.decode(prompt.ids()).count("<|im_end|>") == 3 + 2 * 3


@pytest.mark.parametrize(
    "turn",
    [
        TURN.replace("</think>hello", ""),
        TURN.replace("<|tool_calls_section_begin|>", "<|tool_call_section_begin|>\n"),
        TURN.replace("<|tool_calls_section_end|>", ""),
        TURN.replace('{"in":1}<|tool_call_end|><|tool_calls_section_end|>', '{"in'),
    ],
    ids=["within the thinking", "singular", "unterminated", "cut off"],
)
def test_a_turn_against_the_grammar_stays_as_it_was_sampled(turn: str) -> None:
    sampled = SMALL.encode_markup(turn)
    prompt = Prompt(SMALL)
    prompt.append(USER)
    before = prompt.ids()
    assert prompt.append(parse_tokens(sampled, SMALL).message, sampled)
    assert prompt.ids(add_generation_prompt=False) == [*before, *sampled, SMALL.control["<|im_end|>"]]


def test_a_message_that_was_changed_is_written_anew() -> None:
    sampled = letter_by_letter(TURN)
    message = {**parse_tokens(sampled, SMALL).message, "content": "hell"}
    prompt = Prompt(SMALL)
    assert prompt.append(message, sampled) is False
    assert prompt.ids() == render_body({"messages": [message]}, SMALL).ids


def test_the_end_of_the_chain_drops_reasoning_and_sampled_turns() -> None:
    sampled = letter_by_letter(TURN)
    messages: list[Wire] = [USER, parse_tokens(sampled, SMALL).message, RETURN]
    prompt = Prompt(SMALL)
    for message in messages:
        prompt.append(message, sampled if message["role"] == "assistant" else None)
    answer = {"role": "assistant", "content": "hell", "reasoning_content": "in"}
    assert prompt.append(answer, SMALL.encode_markup("<think>in</think>hell")) is False
    assert prompt.ids() == render_body({"messages": [*messages, answer]}, SMALL).ids


def test_a_step_costs_its_own_text() -> None:
    tokenizer = small(Counting)
    assert isinstance(tokenizer, Counting)
    prompt = Prompt(tokenizer, TOOLS)
    prompt.append({"role": "user", "content": "hello " * 1_000})
    call = parse_tokens(SMALL.encode_markup(TURN), SMALL).message
    costs = []
    for _ in range(100):
        before = tokenizer.encoded
        prompt.append(call)
        prompt.append(RETURN)
        assert prompt.count() == len(prompt.ids())
        costs.append(tokenizer.encoded - before)
    assert set(costs) == {costs[0]}
    assert costs[0] < 200


def test_a_refused_message_leaves_the_prompt_as_it_was() -> None:
    prompt = Prompt(SMALL)
    prompt.append(USER)
    before = prompt.ids()
    with pytest.raises(FarsideError, match=r"^messages\[1\] has the role 'narrator'\.$"):
        prompt.append({"role": "narrator"})
    assert prompt.ids() == before
