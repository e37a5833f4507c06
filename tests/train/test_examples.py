"""From traces to ids: a vocabulary that K2's tokenizer reads, and masks that name what the model says."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra k2")

from farside.errors import FarsideError
from farside.k2.byte_tokenizer import write_byte_tokenizer, write_tokenizer
from farside.k2.tokenizer import Tokenizer
from farside.k2.tokenizer_files import read_tokenizer
from farside.train.dataset import read_dataset, write_dataset
from farside.train.drill import drills
from farside.train.examples import Example, carries, examples, texts
from farside.train.runs import home
from farside.train.tasks import task
from farside.train.traces import Trace, traced
from farside.train.vocabulary import RARE, vocabulary


@pytest.fixture(scope="module")
def trace() -> Trace:
    with home():
        return traced(task("bills", 1, "train", 4))


@pytest.fixture(scope="module")
def speaking(trace: Trace, tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    folder = tmp_path_factory.mktemp("vocabulary")
    write_tokenizer(folder, vocabulary([list(texts(trace))] * RARE, 1024))
    return read_tokenizer(folder)


def test_the_words_that_most_conversations_share_are_tokens() -> None:
    said = [["Read the note."]] * RARE + [["Read on."]]
    tokens = vocabulary(said, 400)
    assert tokens[:256] == [bytes([byte]) for byte in range(256)]
    assert tokens[256:] == [b"Read", b" note", b" the"]
    assert vocabulary(said, 257)[256:] == [b"Read"]


def test_of_chinese_each_character_is_a_token(tmp_path: Path) -> None:
    tokens = vocabulary([["求税额的总和。"]] * RARE, 400)
    assert {*"求税额的总和"} <= {token.decode() for token in tokens[256:] if len(token) == 3}
    write_tokenizer(tmp_path, tokens)
    speaks = read_tokenizer(tmp_path)
    assert [speaks.decode([id]) for id in speaks.encode("和的总额税")] == [*"和的总额税"]


def test_what_few_conversations_hold_is_no_token_however_often_it_is_said() -> None:
    assert len(vocabulary([["karolim karolim"] * 50] * (RARE - 1), 400)) == 256


def test_digits_stay_alone() -> None:
    assert vocabulary([["123 123 123"]] * RARE, 300) == [bytes([byte]) for byte in range(256)]


def test_a_name_has_one_spelling_wherever_it_stands(speaking: Tokenizer) -> None:
    for before in ("", " ", "\n", '"', "=", "/"):
        assert [speaking.decode([id]) for id in speaking.encode(before + "gronethis")][-9:] == [*"gronethis"]


def test_a_vocabulary_encodes_and_decodes_any_text(speaking: Tokenizer) -> None:
    text = 'total += 12.50\n  print("sum 应付")\tÄ'
    assert speaking.decode(speaking.encode(text)) == text
    assert len(speaking.encode("The sum is")) < len("The sum is")


def test_what_is_learnt_is_what_the_model_said(trace: Trace, speaking: Tokenizer) -> None:
    (example,) = examples(trace, speaking)
    said = speaking.decode(id for id, learnt in zip(example.ids, example.learnt, strict=True) if learnt)
    turns = said.split("<|im_end|>")
    assert len(turns) == trace["steps"] + 2 and turns[-1] == ""
    assert all(turn.startswith("<think>") and "</think>" in turn for turn in turns[:-1])
    assert turns[-2].endswith("</think>" + trace["segments"][0]["messages"][-1]["content"])
    assert "functions.python:1<|tool_call_argument_begin|>" in turns[1]


def test_the_ids_are_those_that_a_run_sees(trace: Trace, tmp_path: Path) -> None:
    from farside.k2.prompt import Prompt

    write_byte_tokenizer(tmp_path)
    speaks = read_tokenizer(tmp_path)
    (example,) = examples(trace, speaks)
    prompt = Prompt(speaks, trace["tools"])
    for message in trace["segments"][0]["messages"][:-1]:
        prompt.append(message)
    seen = prompt.ids()
    assert example.ids[: len(seen)] == seen
    assert not any(example.learnt[len(seen) - 3 : len(seen)]) and all(example.learnt[len(seen) :])


def test_all_that_the_model_says_is_learnt_but_numbers_of_calls_with_a_carry(speaking: Tokenizer) -> None:
    with home():
        long = traced(task("recurrence", 1, "train", 12))
    (example,) = examples(long, speaking)
    learnt = [id for id, learnt in zip(example.ids, example.learnt, strict=True) if learnt]
    number = re.compile(r"<\|tool_call_begin\|>functions\.python:(\d*)<")
    whole, said = (number.findall(speaking.decode(ids)) for ids in (example.ids, learnt))
    calls = [str(at) for at in range(len(whole))]
    assert len(calls) >= 12 and whole == calls
    assert len(said) == len(long["segments"][0]["learn"]) - 1 and "" in said and {*said} <= {"", *calls} - {"10"}


def test_a_number_carries_where_its_last_digit_begins_anew() -> None:
    assert [number for number in range(31) if carries(str(number))] == [10, 20, 30]


def test_what_is_not_to_be_learnt_is_not(trace: Trace, speaking: Tokenizer) -> None:
    (segment,) = trace["segments"]
    less = {**trace, "segments": [{**segment, "learn": segment["learn"][1:]}]}
    whole, cut = (next(examples(each, speaking)).learnt for each in (trace, less))
    assert sum(cut) < sum(whole) and [a for a, b in zip(cut, whole, strict=True) if a > b] == []


def test_a_drill_learns_what_was_said_before(speaking: Tokenizer) -> None:
    one, other = (list(drills(speaking, 3, seed=4)) for _ in range(2))
    assert one == other and one != list(drills(speaking, 3, seed=5))
    for drill in one:
        first = drill.learnt.count(False)
        said, again = Counter(drill.ids[:first]), Counter(drill.ids[first:])
        assert again == Counter({id: 2 * count for id, count in said.items()})
        assert drill.learnt == sorted(drill.learnt)


def test_a_dataset_gives_back_its_examples(tmp_path: Path) -> None:
    write_dataset(tmp_path / "d.safetensors", [Example([5, 6, 7], [False, True, True]), Example([8], [False])])
    data = read_dataset(tmp_path / "d.safetensors")
    assert (len(data), data.lengths().tolist()) == (2, [3, 1])
    ids, learnt = data.example(0, most=2)
    assert (ids.tolist(), learnt.tolist()) == ([5, 6], [False, True])


@pytest.mark.parametrize("content", [None, b"", b"no such thing at all"])
def test_what_is_no_dataset_is_refused(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "d.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FarsideError, match="cannot be read as examples"):
        read_dataset(path)
