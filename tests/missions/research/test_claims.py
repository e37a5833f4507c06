"""The ledger: which sentences are claims, what becomes of each, and which other sources they are held against."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from farside.missions.research.claims import Ledger, ledger
from farside.missions.research.judge import Judge, Judgement, nobody
from farside.missions.research.report import read
from farside.missions.research.rivals import rivals, spoken
from farside.missions.research.spans import Span
from tests.missions.research.pairs import page, span

FORTH = page("# Forth Bridge\n\nThe Forth Bridge was opened on 4 March 1890.\nIt carries trains.\n", "notes:forth.md")
PLAQUE = page("Plaque: the Forth Bridge was opened on 4 March 1896.\n", "notes:plaque.md")
PAGES = (FORTH, PLAQUE)


def yes(sentence: str, spans: Sequence[Span], rivals: Sequence[Span]) -> Judgement:
    return Judgement("supported", "", tuple((rival, "1896") for rival in rivals))


def judged(text: str, judge: Judge = yes, depth: int = 2) -> Ledger:
    return ledger(read(text), PAGES, judge, depth)


@pytest.mark.parametrize(
    ("text", "status", "fault"),
    [
        ("It carries trains. [[notes:forth.md:4]]", "supported", ""),
        ("It carries cars.", "unsupported", "it cites nothing"),
        ("It carries cars. [[notes:cars.md:1]]", "unsupported", "was not opened"),
        ("It was opened in 1891. [[notes:forth.md:3]]", "unsupported", "the number 1891 does not stand there"),
        ("Opened 1890, it carries trains. [[notes:forth.md:3; notes:forth.md:4]]", "supported", ""),
        ("So it is. [[above]]", "unsupported", "nothing above it"),
    ],
)
def test_each_sentence_is_held_against_its_lines(text: str, status: str, fault: str) -> None:
    (claim,) = judged(text, depth=0).claims
    assert claim.status == status
    assert fault in "; ".join(claim.troubles)


def test_headings_questions_and_words_that_lead_on_are_no_claims() -> None:
    text = "# 1. A bridge\n\n## Ten facts\n\nWhen was it opened? Two:\n- It carries trains. [[notes:forth.md:4]]\n"
    assert [claim.sentence.text for claim in judged(text).claims] == ["It carries trains."]


@pytest.mark.parametrize(
    ("lead", "wrong"),
    [
        ("## How 900 men died", ["900"]),
        ("## The bridge of 1890", []),
        ("## The bridge of 1990", ["1990"]),
        ("Did you know that 900 men died?", ["900"]),
        ("900 men died:", ["900"]),
        ("| dead: 900 |\n|---|", ["900"]),
        ("# 900 dead", ["900"]),
        ("## 12 bridges", []),
    ],
)
def test_what_only_leads_on_says_no_number_that_nothing_below_it_holds(lead: str, wrong: list[str]) -> None:
    text = f"{lead}\n\nThe Forth Bridge was opened in 1890. [[notes:forth.md:3]]\n"
    checked = ledger(read(text), PAGES, yes, 0, "Which 12 bridges are there?")
    troubles = [trouble for claim in checked.claims for trouble in claim.troubles]
    assert troubles == [f"{number} stands in nothing that it leads to" for number in wrong]


def test_a_conclusion_rests_on_what_its_section_cites_above() -> None:
    text = (
        "## A\n\nIt carries trains. [[notes:forth.md:4]]\nSo the Forth Bridge is in use. [[above]]\n\n"
        "## B\n\nIt is. [[above]]"
    )
    _, conclusion, elsewhere = judged(text, depth=0).claims
    assert [each.first for each in conclusion.spans] == [4]
    assert conclusion.faults == ("the name Forth does not stand there", "the name Bridge does not stand there")
    assert elsewhere.faults == ("nothing above it in its section cites anything",)


def test_what_another_page_says_makes_a_claim_disputed() -> None:
    text = "The Forth Bridge was opened in March 1890. [[notes:forth.md:3]]"
    (claim,) = judged(text).claims
    assert claim.status == "disputed"
    assert [(other.page.name, other.first) for other, _ in claim.judgement.against] == [("notes:plaque.md", 1)]
    assert judged(text, depth=0).claims[0].status == "supported"


def test_without_a_judge_nothing_is_supported() -> None:
    (claim,) = judged("It carries trains. [[notes:forth.md:4]]", judge=nobody).claims
    assert (claim.status, claim.troubles) == ("not judged", ())


def test_what_no_source_says_needs_no_citation_where_it_is_said_to_be_open() -> None:
    text = "## What could not be settled\n- Who paid? | No source says.\n- How much? | It cost 5 million.\n"
    assert [claim.sentence.text for claim in judged(text).claims] == ["It cost 5 million."]


def test_rivals_speak_of_the_same_thing_on_another_page() -> None:
    cited = [span("The Forth Bridge was opened on 4 March 1890.", FORTH.name)]
    far = page("The moon is rough.\n", "notes:moon.md")
    found = rivals("The Forth Bridge was opened in 1890.", cited, spoken((*PAGES, far)), 5)
    assert [each.page.name for each in found] == ["notes:plaque.md"]


def test_a_page_of_one_endless_line_is_no_rival() -> None:
    endless = page("The Forth Bridge was opened. " * 1_000, "notes:endless.txt")
    assert rivals("The Forth Bridge was opened in 1890.", [], spoken([endless]), 5) == ()


def test_chinese_rivals_are_found_by_pairs_of_characters() -> None:
    one, other = page("武汉长江大桥于1957年通车。\n", "n:a.md"), page("据称武汉长江大桥1955年通车。\n", "n:b.md")
    cited = [Span(one, 1, 1, "武汉长江大桥于1957年通车。")]
    assert [each.page.name for each in rivals("武汉长江大桥于1957年通车。", cited, spoken((one, other)), 2)] == [
        "n:b.md"
    ]
