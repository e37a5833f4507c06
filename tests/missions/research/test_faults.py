# ruff: noqa: RUF001
"""The hard check: on the labelled pairs, and on what a sentence may hold besides."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from farside.missions.research.faults import faults
from farside.missions.research.sentences import sentences
from tests.missions.research.pairs import Pair, pairs, span


def test_the_pairs_are_as_many_as_they_should_be() -> None:
    assert [sum(pair.supported is wanted for pair in pairs()) for wanted in (True, False)] == [20, 20]


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: f"{pair.kind}: {pair.sentence}")
def test_what_does_not_stand_there_is_found_and_nothing_else(pair: Pair) -> None:
    assert bool(faults(pair.sentence, [span(pair.span)])) == pair.hard


@pytest.mark.parametrize(
    ("sentence", "text", "wrong"),
    [
        ("It is 1.234,5 m long.", "It measures 1,234.5 m.", ()),
        ("It cost 1 250 000 francs.", "The price was 1.25 million francs.", ()),
        (
            "It cost 1.2 million francs.",
            "The price was 1.25 million francs, it is said.",
            ("the number 1.2 million does not stand there",),
        ),
        ("It cost 25 francs.", "The price was 25 million francs.", ("the number 25 does not stand there",)),
        ("One of the ships sank.", "A ship sank.", ()),
        ("Twenty-four ships sank.", "24 ships were lost.", ()),
        ("Two hundred and fifty ships sank.", "250 ships were lost.", ()),
        ("It was the third ship.", "It was ship number 3.", ()),
        ("On 3 April 1894 it sank.", "It sank on 03/04/1894.", ()),
        ("In the 1880s it sank.", "It sank in 1894.", ("the date 1880s does not stand there",)),
        ("It sank in March 1894.", "In 1894 there was a storm; on 12 March it sank.", ()),
        ("It sank on 13 March.", "In 1894, on 12 March, it sank.", ("the date 13 March does not stand there",)),
        ("NASA and ESA built it.", "The European Space Agency and NASA built it.", ()),
        ("Engineers from Paris built it.", "It was built in Paris by an engineer.", ()),
        ("Gustave Eiffel built it.", "It was built by Gustave.", ("the name Eiffel does not stand there",)),
        ("Curie's notes are radioactive.", "The notes of Curie are radioactive.", ()),
        ("Zürich is old.", "ZURICH is an old city.", ()),
        ("卡尔·马克思生于特里尔。", "马克思出生在特里尔。", ()),
        ("作者写了《边城》。", "沈从文写了《长河》。", ("the name 边城 does not stand there",)),
        ("这座桥十分重要。", "这座桥非常重要。", ()),
        ("气温低至零下40度。", "最低气温为-40°C。", ()),
        ("他引用了“一桥飞架南北”。", "诗中写道：一桥飞架\n南北，天堑变通途。", ()),
        ('He wrote "the end … of all".', "the end, he thought, was not that of all", ()),
        (
            'He called it a "bridge".',
            "He called it a span.",
            ("the quotation “bridge” does not stand there word for word",),
        ),
    ],
)
def test_numbers_dates_and_names_in_whatever_notation(sentence: str, text: str, wrong: tuple[str, ...]) -> None:
    assert faults(sentence, [span(text)]) == wrong


def test_the_spans_of_a_sentence_are_read_together() -> None:
    spans = [span("Guglielmo Marconi was born in Bologna."), span("He was born in 1874.", "notes:b.md")]
    assert faults("Marconi was born in 1874.", spans) == ()
    assert faults("Marconi was born in 1874.", spans[1:]) == ("the name Marconi does not stand there",)


def test_an_altered_span_and_a_whole_page_are_no_proof() -> None:
    assert faults("It is so.", [replace(span("It is so."), text="It is not so.")]) == (
        "a cited span is not what the archive holds",
    )
    assert "it cites 61 lines" in faults("It is so.", [span("\n".join(["It is so."] * 61))])[0]
    assert "it cites 20,001 characters" in faults("It is so.", [span("x" * 20_001)])[0]


ROOT = Path(__file__).parents[3]
DOCUMENTS = (*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples" / "bridges").glob("*.md"))
NUMBER = re.compile(r"(?<![\w.,#-])\d{2,}(?![\w.,-])")
"""A number that stands alone."""


def real_sentences() -> list[str]:
    lines = (line for document in DOCUMENTS for line in document.read_text().split("\n"))
    return list(dict.fromkeys(sentence for line in lines for sentence in sentences(line)))


def test_every_sentence_of_real_documents_stands_in_itself() -> None:
    every = real_sentences()
    assert len(every) > 500
    assert [sentence for sentence in every if faults(sentence, [span(sentence)])] == []


def test_a_number_changed_in_a_real_sentence_is_found() -> None:
    changed = 0
    for sentence in real_sentences():
        if found := NUMBER.search(sentence):
            other = str(int(found[0]) * 10 + 7)
            altered = sentence[: found.start()] + other + sentence[found.end() :]
            assert other in "".join(faults(altered, [span(sentence)]))
            changed += 1
    assert changed > 50
