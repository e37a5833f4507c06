"""Turns of the assistant, whole and broken, at any chunking: from text and from tokens."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farside.k2.call_id import name_in
from farside.k2.control import Mark
from farside.k2.deltas import Arguments, Call, CallBegin, CallEnd, Content, Delta, Thinking, Turn, TurnEnd, turn_of
from farside.k2.parser import SPOKEN, TextParser, TokenParser, parse_text, parse_tokens
from tests.k2.speaking import SMALL, small

SECTION, SECTION_END = "<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"
ONE, ONE_END = "<|tool_call_section_begin|>", "<|tool_call_section_end|>"
ARGUMENTS = "<|tool_call_argument_begin|>"


def call(id: str = "functions.f:0", arguments: str = "{}") -> str:
    return f"<|tool_call_begin|>{id}{ARGUMENTS}{arguments}<|tool_call_end|>"


F = Call("functions.f:0", "{}", complete=True)
TURNS: dict[str, tuple[str, Turn]] = {
    "nothing": ("", Turn()),
    "an answer": ("<think>why</think>\n\nso<|im_end|>", Turn("why", "\n\nso")),
    "no thinking": ("so", Turn("", "so")),
    "a call": (f"<think>why</think>{SECTION}{call()}{SECTION_END}<|im_end|>", Turn("why", "", (F,))),
    "several calls": (
        f"<think></think>both{SECTION}{call()}\n {call('functions.g:1', '[1]')}\n{SECTION_END}",
        Turn("", "both", (F, Call("functions.g:1", "[1]", True))),
    ),
    "several sections": (
        f"{SECTION}{call()}{SECTION_END}and{SECTION}{call()}{SECTION_END}",
        Turn("", "and", (F, F)),
    ),
    "the singular section": (f"a{ONE}\n{call()}{ONE_END}b", Turn("", "ab", (F,))),
    "the singular section within the thinking": (f"<think>a{ONE}{call()}{ONE_END}", Turn("a", "", (F,))),
    "the singular section that is only spoken of": (f"a{ONE} b{ONE_END}", Turn("", f"a{ONE} b{ONE_END}")),
    "a section ends the thinking": (f"<think>why{SECTION}{call()}{SECTION_END}", Turn("why", "", (F,))),
    "and its late end is a mark": (f"<think>why{SECTION}{call()}{SECTION_END}</think>so", Turn("why", "so", (F,))),
    "a bare call": (f"a{call()}b", Turn("", "ab", (F,))),
    "a bare call within the thinking": (f"<think>why{call()}</think>so", Turn("why", "so", (F,))),
    "an unterminated section": (f"{SECTION}{call()}", Turn("", "", (F,), "section")),
    "a call that is cut off": (
        f"{SECTION}{call()}<|tool_call_begin|>functions.g:1{ARGUMENTS}" + '{"a',
        Turn("", "", (F, Call("functions.g:1", '{"a')), "call"),
    ),
    "an id that is cut off": (f"{SECTION}<|tool_call_begin|>functi", Turn("", "", (Call("functi"),), "call")),
    "a call that the section's end ends": (
        f"{SECTION}<|tool_call_begin|>functions.f:0{ARGUMENTS}" + "{}" + f"{SECTION_END}so",
        Turn("", "so", (Call("functions.f:0", "{}"),)),
    ),
    "a call that the next one ends": (
        f"<|tool_call_begin|>functions.g:0{ARGUMENTS}1{call()}{SECTION_END}",
        Turn("", "", (Call("functions.g:0", "1"), F)),
    ),
    "a call that the turn's end ends": (
        f"<|tool_call_begin|>functions.g:0{ARGUMENTS}1<|im_end|>",
        Turn("", "", (Call("functions.g:0", "1"),), "call"),
    ),
    "a call without arguments": (
        f"{SECTION}<|tool_call_begin|>functions.f:0<|tool_call_end|>{SECTION_END}",
        Turn("", "", (Call("functions.f:0", "", True),)),
    ),
    "thinking that is cut off": ("<think>wh", Turn("wh", left_open="thinking")),
    "thinking alone": ("<think>why<|im_end|>", Turn("why", left_open="thinking")),
    "text between calls": (f"{SECTION} one {call()} two {SECTION_END}", Turn("", " one two", (F,))),
    "marks without sense": (
        f"a</think>b{SECTION_END}c{ARGUMENTS}d<|tool_call_end|><think>",
        Turn("", f"a</think>b{SECTION_END}c{ARGUMENTS}d<|tool_call_end|><think>"),
    ),
    "marks of thinking in arguments": (
        call(arguments="<think></think>"),
        Turn("", "", (Call("functions.f:0", "<think></think>", True),)),
    ),
    "thinking about thinking": ("<think>a<think>b</think>c", Turn("a<think>b", "c")),
    "a broken mark": ("a<|tool_call_beg|><", Turn("", "a<|tool_call_beg|><")),
    "white space around ids and arguments": (
        call(" functions.f:0\n", " {} "),
        Turn("", "", (Call(" functions.f:0\n", " {} ", True),)),
    ),
    "what follows the end": ("a<|im_end|><|im_user|>b", Turn("", "a")),
}


@pytest.mark.parametrize("name", TURNS)
def test_turns(name: str) -> None:
    text, turn = TURNS[name]
    assert parse_text(text) == turn
    assert parse_tokens(SMALL.encode_markup(text), SMALL) == turn
    assert character_by_character(text) == turn
    assert turn_of(token_by_token(SMALL.encode_markup(text))) == turn


def character_by_character(text: str) -> Turn:
    parser = TextParser()
    return turn_of([*(delta for character in text for delta in parser.feed(character)), *parser.finish()])


def token_by_token(ids: Sequence[int]) -> list[Delta]:
    parser = TokenParser(SMALL)
    return [*(delta for id in ids for delta in parser.feed([id])), *parser.finish()]


def test_deltas_come_as_soon_as_they_are_certain() -> None:
    parser = TextParser()
    said = [
        parser.feed(part)
        for part in ("<thi", "nk>a", "b</", "think>c", f"{SECTION}<|tool_call_begin|>functions.f", ":0")
    ]
    assert said == [[], [Thinking("a")], [Thinking("b")], [Content("c")], [], []]
    assert parser.feed(ARGUMENTS + '{"') == [CallBegin(0, "functions.f:0"), Arguments(0, '{"')]
    assert parser.feed("<|tool_call_end|>") == [CallEnd(0, complete=True)]
    assert not parser.over
    assert parser.feed(f"{SECTION_END}<|im_end|>x") == []
    assert parser.over
    assert parser.finish() == [TurnEnd("")]


def test_where_the_prompt_opened_the_thinking() -> None:
    assert parse_text("why</think>so", thinking=True) == Turn("why", "so")
    assert parse_text("<think>why</think>so", thinking=True) == Turn("why", "so")
    assert parse_tokens(SMALL.encode_markup("why</think>so"), SMALL, thinking=True) == Turn("why", "so")


def test_text_that_looks_like_marks_is_told_from_control_tokens() -> None:
    text = f"{SECTION}{call()}</think><|im_end|>"
    plain, think, end = SMALL.encode(text), SMALL.control[Mark.THINK], SMALL.control[Mark.THINK_END]
    ids = [think, *plain, end, *plain]
    assert parse_tokens(ids, SMALL) == Turn(text, text)


def test_the_other_ends_of_a_generation_end_a_turn_as_tokens_alone() -> None:
    assert parse_tokens(SMALL.encode_markup("a[EOS]b"), SMALL) == Turn("", "a")
    assert parse_text("a[EOS]b") == Turn("", "a[EOS]b")


def test_a_checkpoint_without_think_tokens_has_them_as_text() -> None:
    old = small(without=("<think>", "</think>"))
    assert parse_tokens(old.encode("<think>why</think>so"), old) == Turn("why", "so")


def test_a_turn_is_a_message() -> None:
    turn = parse_text(f"<think>why</think>so{SECTION}{call('functions.web-search:3')}{SECTION_END}")
    function = {"name": "web-search", "arguments": "{}"}
    calls = [{"id": "functions.web-search:3", "type": "function", "function": function}]
    message = {"role": "assistant", "content": "so", "reasoning_content": "why"}
    assert turn.message == {**message, "tool_calls": calls}
    assert turn.calls[0].name == "web-search"
    assert parse_text("<think>why</think>so").message == message


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("functions.get_weather:0", "get_weather"),
        ("functions.web-search:12", "web-search"),
        ("functions.fs.read-all:1", "fs.read-all"),
        ("search:2", "search"),
        (" functions.f:0\n", "f"),
        ("functions.f", "f"),
        ("functions_Read_0", "functions_Read_0"),
        ("call_ab12", "call_ab12"),
        ("", ""),
    ],
)
def test_the_id_carries_the_name(id: str, name: str) -> None:
    assert name_in(id) == name
    assert CallBegin(0, id).name == name


SPOKEN_TEXTS = st.lists(st.one_of(st.sampled_from(sorted(SPOKEN)), st.text("a<|>\n /月", max_size=5)), max_size=10)


@settings(max_examples=60)
@given(SPOKEN_TEXTS.map("".join), st.data())
def test_text_cut_anywhere_says_the_same(text: str, data: st.DataObject) -> None:
    parser, found = TextParser(), list[Delta]()
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=5).map(sorted))
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        found += parser.feed(text[start:end])
    assert turn_of([*found, *parser.finish()]) == parse_text(text) == character_by_character(text)


@settings(max_examples=60)
@given(st.lists(st.integers(0, SMALL.size - 1) | st.integers(SMALL.size - 256, SMALL.size - 230), max_size=30))
def test_any_tokens_say_the_same_one_by_one(ids: list[int]) -> None:
    assert turn_of(token_by_token(ids)) == parse_tokens(ids, SMALL)


@settings(max_examples=60)
@given(SPOKEN_TEXTS.map("".join), st.booleans())
def test_no_text_is_lost(text: str, thinking: bool) -> None:
    parser = TextParser(thinking)
    deltas = [*parser.feed(text), *parser.finish()]
    assert letters("".join(map(words, deltas))) == letters(text.partition(Mark.END)[0])
    assert sum(isinstance(delta, TurnEnd) for delta in deltas) == 1
    assert isinstance(deltas[-1], TurnEnd)


def words(delta: Any) -> str:
    return delta.id if isinstance(delta, CallBegin) else getattr(delta, "text", "")


def letters(text: str) -> str:
    """All but marks and white space."""
    return re.sub("|".join(map(re.escape, SPOKEN)) + r"|\s", "", text)


@settings(max_examples=60)
@given(SPOKEN_TEXTS.map("".join), st.booleans())
def test_calls_begin_and_end_in_their_order(text: str, thinking: bool) -> None:
    parser = TextParser(thinking)
    calls = [delta for delta in (*parser.feed(text), *parser.finish()) if isinstance(delta, CallBegin | CallEnd)]
    assert [delta.index for delta in calls] == [number // 2 for number in range(len(calls))]
    assert all(isinstance(delta, CallBegin) == (number % 2 == 0) for number, delta in enumerate(calls))
