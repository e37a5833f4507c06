# ruff: noqa: RUF001
"""Quotations, in whatever marks: what no source says word for word is found; apostrophes quote nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.missions.research.claims import ledger
from farside.missions.research.judge import nobody
from farside.missions.research.quotations import quotations, stands
from farside.missions.research.report import read
from tests.missions.research.pairs import page

SAID = "The company said that the bridge was a good thing. It was opened in 1890."
PAGE = page(f"# Notes\n\n{SAID}\n\nHe said: “The end is near.” It’s a town of two men.\n公司说：桥已经通车。\n")
MARKS = (
    *("“”", "‘’", "«»", "»«", "»»", "„“", "„”", "‚‘", "‹›", "›‹", "「」", "『』", "〝〟", "｢｣", "﹁﹂"),
    *('""', "''", "＂＂", "＇＇", "””", "’’"),
)
PAIRS = (*((mark[0], mark[1]) for mark in MARKS), ("``", "''"), ("''", "''"), ("&quot;", "&quot;"), ("“", '"'))


def wrong(text: str, cited: str = " [[notes:a.md:3-6]]") -> list[str]:
    checked = ledger(read(text.replace("@", cited)), (PAGE,), nobody, 0)
    return [fault for claim in checked.claims for fault in claim.faults]


@pytest.mark.parametrize("pair", PAIRS, ids=str)
@pytest.mark.parametrize(
    ("before", "behind"), [("The company called it ", "."), ("It was (", ")"), ("公司说：", "。"), ("- *", "*: so.")]
)
def test_a_fabricated_quotation_is_found_in_any_marks(pair: tuple[str, str], before: str, behind: str) -> None:
    opens, closes = pair
    made_up = f"{before}{opens}it was a price well worth paying{closes}{behind}@"
    assert wrong(made_up) == ["the quotation “it was a price well worth paying” does not stand there word for word"]
    assert wrong(f"{before}{opens}the bridge was a good thing{closes}{behind}@") == []


@pytest.mark.parametrize(
    "text",
    [
        "It said “it was a good thing. It paid all the dead.”@",
        "It said “The end is near. It paid all the dead” then.@",
        "The word“all were paid”stands.@",
        "The word‘all were paid’stands.@",
        "It said 'the dogs' bones were paid'.@",
        'It said "paid".@',
        'It said "ear".@',
        "它说“没有”。@",
        'He said "the “big lie” of all".@',
        "He said “the “big lie” of all”.@",
        "It said “all were paid.@ It was opened.@",
        "It said “good thing. It … the bridge”.@",
        "> All the dead were paid.@",
        "> It was\n> paid.@",
        "- > all were paid@",
        "| it | “all paid” | @ |",
        "## What could not be settled\n\n- Who? | No source says “all were paid”.",
        "It said “opened in 1890. He said”. [[notes:a.md:3; notes:a.md:5]]",
    ],
)
def test_what_is_quoted_stands_there_in_whole_words_and_in_order(text: str) -> None:
    assert len(wrong(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "It said “the bridge was a good thing. It was opened”.@",
        "> The company said that\n> the bridge was a good thing.@\n\nSo.@",
        "> “It was opened in 1890” – the company.@",
        "He said 'The end is near', and \"It's a town\" too.@",
        "It said “the bridge … was opened” and “The end […] town”.@",
        "The company's men and the towns' ends.@ In the '90s the workers' land. 'Tis the dogs' end.@",
        'The town is 2" off.@ The bridge is 2" off.@',
        "公司说“桥已经通车”。@",
        "“The company said that the bridge was a good thing.@ It was opened in 1890.”@",
    ],
)
def test_what_stands_there_and_what_quotes_nothing_is_let_through(text: str) -> None:
    assert [fault for fault in wrong(text) if "quotation" in fault] == []


@pytest.mark.parametrize(
    "lead",
    ["# “All were paid”", "## „All were paid“", "Were 'all paid'?", "It said “all paid”:", "| “all paid” |\n|---|"],
)
def test_headings_questions_and_what_leads_on_quote_only_what_is_cited_below(lead: str) -> None:
    below = "\n\nIt was opened.@\n"
    assert [fault.endswith("stands in nothing that it leads to") for fault in wrong(lead + below)] == [True]
    real = lead.replace("All were paid", "a good thing").replace("all paid", "a good thing")
    assert wrong(real + below) == []


MARK_CHARACTERS = "“”„‟\"＂«»‹›「」『』‘’‚'` .\n"


@given(st.text(st.sampled_from(f"ab1漢{MARK_CHARACTERS}"), max_size=60))
def test_quotations_of_any_text_are_apart_in_order_and_stand_in_it(text: str) -> None:
    at = 0
    for found in quotations(text):
        assert at <= found.start < found.end <= len(text)
        assert stands(found.text, text)
        at = found.end
