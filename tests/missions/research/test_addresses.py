"""What stands in an address supports nothing but that address."""

from __future__ import annotations

import pytest

from farside.missions.research.addresses import addresses, bare, without, words
from farside.missions.research.claims import ledger
from farside.missions.research.faults import faults
from farside.missions.research.judge import nobody
from farside.missions.research.report import read
from tests.missions.research.pairs import page, span

ADDRESS = "https://x.org/1894-03-12/Eiffel-(tower)_73.html"
FORMS = (
    f"The tower is [high]({ADDRESS}).",
    f"The tower is [high](<{ADDRESS}>).",
    f'The tower is [high]({ADDRESS} "Eiffel 73 1894-03-12").',
    f"The tower is high ({ADDRESS}).",
    f"The tower is high <{ADDRESS}>.",
    f"The tower is [high][1].\n\n[1]: {ADDRESS} 'Eiffel'",
    f"The tower is ![high]({ADDRESS}).",
    f"The tower is [![high](/1894/73/Eiffel)]({ADDRESS}).",
    f'The tower is <a href="{ADDRESS}">high</a>.',
    'The tower is <img src="/1894/03/12/Eiffel.73.png"> high.',
    "The tower is high: www.x.org/1894-03-12/Eiffel/73",
    "The tower is high: x.org/1894-03-12/Eiffel/73.",
    "The tower is high: Eiffel.73.1894@x.org",
)


@pytest.mark.parametrize("text", FORMS)
@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("It has 73 steps.", "the number 73 does not stand there"),
        ("It was built in 1894.", "the number 1894 does not stand there"),
        ("It was built on 12 March 1894.", "the date 12 March 1894 does not stand there"),
        ("The tower is by Eiffel.", "the name Eiffel does not stand there"),
        ("The tower is high.", ""),
    ],
)
def test_an_address_in_a_source_supports_no_number_date_or_name(text: str, sentence: str, wrong: str) -> None:
    assert faults(sentence, [span(text)]) == ((wrong,) if wrong else ())


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("It is [high](https://made.up/1894).", ()),
        (f"It is described at {ADDRESS}.", ()),
        ("It is described at https://y.org/1894.", ("the address https://y.org/1894 does not stand there",)),
        ("It is [1894](https://x.org).", ("the number 1894 does not stand there",)),
        ("It is described at https://x.org/notes (high).", ()),
    ],
)
def test_an_address_that_a_reader_sees_is_one_that_was_cited(sentence: str, wrong: tuple[str, ...]) -> None:
    cited = [span(FORMS[0]), span("It is described.", "https://x.org/notes")]
    assert faults(sentence, cited) == wrong


def test_a_name_in_an_address_of_another_page_makes_it_no_ordinary_word() -> None:
    pages = (page("It is high.\n"), page("See https://x.org/eiffel for more.\n", "notes:b.md"))
    (claim,) = ledger(read("Eiffel was here. [[notes:a.md:1]]"), pages, nobody, 0).claims
    assert claim.faults == ("the name Eiffel does not stand there",)


def test_headings_show_no_address_that_is_not_cited_below() -> None:
    text = "## High\n\n### See https://x.org/1\n\nIt is high. [[notes:a.md:1]]\n"
    wrong = [claim.faults for claim in ledger(read(text), (page("It is high.\n"),), nobody, 0).claims]
    assert wrong == [(), ("https://x.org/1 stands in nothing that it leads to",)]


def test_the_parts_of_a_text() -> None:
    text = f"See [the [old] tower]({ADDRESS} 'x'), https://y.org/a?b=1, and (z.org/c)."
    assert words(text) == "See the [old] tower, https://y.org/a?b=1, and (z.org/c)."
    assert bare(text) == ["https://y.org/a?b=1", "z.org/c"]
    assert addresses(text) == {ADDRESS, "https://y.org/a?b=1", "z.org/c"}
    assert without(text) == "See the [old] tower,  , and ( )."
