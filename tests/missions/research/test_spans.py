"""Spans are cut from archived pages by farside; a citation that leads nowhere says what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from farside.missions.research.citation import Citation
from farside.missions.research.spans import NoSpan, cut, stands
from tests.missions.research.pairs import page

PAGE = page("# Moon\n\nThe far side\nis rough.\n", "notes:moon.md")


def test_a_span_is_the_text_of_its_lines() -> None:
    span = cut(Citation("notes:moon.md", 3, 4), [PAGE])
    assert (span.text, stands(span)) == ("The far side\nis rough.", True)
    assert PAGE.title == "Moon"


def test_the_page_as_it_was_opened_last_counts() -> None:
    assert cut(Citation(PAGE.name, 1, 1), [PAGE, page("Later.", PAGE.name)]).text == "Later."


def test_the_name_of_the_corpus_may_be_left_out_where_one_page_can_be_meant() -> None:
    assert cut(Citation("moon.md", 1, 1), [PAGE]).page is PAGE
    with pytest.raises(NoSpan, match="was not opened"):
        cut(Citation("moon.md", 1, 1), [PAGE, page("Other.", "papers:moon.md")])


@pytest.mark.parametrize(
    ("citation", "reason"),
    [
        (Citation("notes:sun.md", 1, 1), "was not opened in this run: open it"),
        (Citation("notes:moon.md", 0, 0), r"names no lines: write \[\[notes:moon.md:FIRST-LAST\]\], of the 4 lines"),
        (Citation("notes:moon.md", 4, 9), "has 4 lines, none of number 9"),
        (Citation("notes:moon.md", 2, 2), "is empty"),
    ],
)
def test_what_leads_to_no_span_is_told(citation: Citation, reason: str) -> None:
    with pytest.raises(NoSpan, match=reason):
        cut(citation, [PAGE])


def test_a_span_that_the_archive_does_not_hold_is_found() -> None:
    span = cut(Citation("notes:moon.md", 3, 4), [PAGE])
    assert not stands(replace(span, text="The far side is smooth."))
    assert not stands(replace(span, page=replace(PAGE, hash="0" * 64)))
