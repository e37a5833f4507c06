"""Ids of text and of control tokens, and text again."""

import json
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farside.errors import FarsideError
from farside.k2.control import Control, Mark, Piece, joined
from farside.k2.huge_text import PART, RUN, parts
from farside.k2.wire import whole
from tests.k2.speaking import SHARED, SMALL, TEXTS, goldens, real, small

FIRST = SMALL.size - 256
IDS = st.lists(st.integers(0, SMALL.size - 1), max_size=30)


def test_every_golden_text_has_its_ids_both_ways() -> None:
    tokenizer = real()
    lines = [json.loads(line) for line in goldens("tokenizer.jsonl").read_text().splitlines()]
    assert len(lines) > 100
    for line in lines:
        assert tokenizer.encode(line["text"]) == line["ids_plain"]
        assert tokenizer.encode_markup(line["text"]) == line["ids_special"]
        assert tokenizer.decode(line["ids_plain"]) == tokenizer.decode(line["ids_special"]) == line["text"]


def test_the_real_tokenizer_has_the_control_tokens_of_k2() -> None:
    tokenizer = real()
    assert tokenizer.size == 163_840
    assert (tokenizer.control[Mark.END], tokenizer.control[Mark.THINK_END]) == (163_586, 163_607)
    assert tokenizer.decode([163_589]) == "<|reserved_token_163589|>"


def test_a_megabyte_is_encoded_in_less_than_a_second() -> None:
    tokenizer, text = real(), ((SHARED / "reference" / "K2.md").read_text() * 40)[:1_000_000]
    begun = time.process_time()  # a busy machine is no failure
    tokenizer.encode(text)
    assert time.process_time() - begun < 1


def test_control_text_is_text_and_control_pieces_are_ids() -> None:
    pieces: list[Piece] = [Control(Mark.USER), "hell", "o <|im_end|>", Control(Mark.END), ""]
    ids = SMALL.encode_pieces(pieces)
    assert [id - FIRST for id in ids if id >= FIRST] == [3, 2]
    assert ids[1] == SMALL.encode("hello")[0]
    assert SMALL.pieces(ids) == [Control(Mark.USER), "hello <|im_end|>", Control(Mark.END)]


@settings(max_examples=50)
@given(TEXTS)
def test_text_never_mints_a_control_token_and_comes_back(text: str) -> None:
    ids = SMALL.encode(text)
    assert all(id < FIRST for id in ids)
    assert SMALL.decode(ids) == whole(text)


def test_markup_is_read_where_it_is_asked_for() -> None:
    assert SMALL.encode_markup("a<|im_end|><|im_end>") == [97, FIRST + 2, *SMALL.encode("<|im_end>")]


@settings(max_examples=50)
@given(IDS, st.data())
def test_a_stream_decodes_to_the_same_however_it_is_cut(ids: list[int], data: st.DataObject) -> None:
    decoder, found = SMALL.decoder(), list[Piece]()
    rest = ids
    while rest:
        cut = data.draw(st.integers(1, len(rest)))
        found += decoder.feed(rest[:cut])
        rest = rest[cut:]
    assert joined([*found, *decoder.finish()]) == SMALL.pieces(ids)


def test_a_stream_never_splits_a_character() -> None:
    text = "月 🌕\u200d é"
    decoder = SMALL.decoder()
    said = [piece for id in SMALL.encode(text) for piece in decoder.feed([id])]
    assert "".join(map(str, said)) == text
    assert decoder.finish() == []


def test_bytes_that_are_no_character_are_replaced_and_end_where_they_must() -> None:
    moon = SMALL.encode("月")
    assert SMALL.pieces([*moon[:-1], FIRST + 2, *moon]) == ["\ufffd", Control(Mark.END), "月"]
    assert SMALL.pieces(moon[:-1]) == ["\ufffd"]


@pytest.mark.parametrize("id", [-1, SMALL.size])
def test_an_id_that_does_not_exist_is_named(id: int) -> None:
    with pytest.raises(FarsideError, match=f"^{id} is no token id .* which has 0 to {SMALL.size - 1}"):
        SMALL.decode([id])


def test_think_marks_without_an_id_are_written_as_text_and_others_refused() -> None:
    old = small(without=("<think>", "</think>", "<|tool_call_end|>"))
    assert old.encode_pieces([Control(Mark.THINK), "a", Control(Mark.THINK_END)]) == old.encode("<think>a</think>")
    with pytest.raises(FarsideError, match=r"has no control token <\|tool_call_end\|>"):
        old.encode_pieces([Control(Mark.CALL_END)])


def cut_as_the_reference_does(text: str) -> Iterator[str]:
    """The reference's own way: character by character."""
    for begin in range(0, len(text), PART):
        part = text[begin : begin + PART]
        start, length, space = 0, 0, part[0].isspace()
        for index, character in enumerate(part):
            if character.isspace() != space:
                length, space = 1, not space
            else:
                length += 1
                if length > RUN:
                    yield part[start:index]
                    start, length = index, 1
        yield part[start:]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a " * 100_000,
        "a" * RUN + " " * RUN + "b",
        " " + "a" * (RUN + 1) + "\x1c" * (2 * RUN + 3) + "月" * (2 * RUN),
        "\u200b" * (PART - 10) + " " * (RUN + 11) + "a" * RUN,
        "a " * (PART // 2 - 5) + "b" * (3 * RUN),
    ],
    ids=["nothing", "words", "just not long", "long runs", "a run over the end of a part", "a run cut by the end"],
)
def test_huge_texts_are_cut_where_the_reference_cuts_them(text: str) -> None:
    assert list(parts(text)) == list(cut_as_the_reference_does(text))


def test_a_cut_changes_ids_so_runs_are_encoded_in_parts() -> None:
    text = "hello" * (RUN // 5 + 1)
    assert SMALL.encode("x" + text) == [*SMALL.encode(("x" + text)[:RUN]), *SMALL.encode(("x" + text)[RUN:])]
    assert len(SMALL.encode("x" + text)) > len(SMALL.encode("x")) + len(SMALL.encode(text))
