"""Passages cover a text without gaps and name their lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from farside.tools.corpora.passages import CHARACTERS, LINES, lines_of, passages

TEXTS = st.one_of(
    st.text(),
    st.lists(st.sampled_from(["", "# head", "word " * 50, "x" * 5000, "a\x0cb\u2028c"]), max_size=90).map("\n".join),
)


@given(TEXTS)
def test_joined_they_are_the_text_and_each_starts_on_its_line(text: str) -> None:
    found = list(passages(text))
    assert "".join(passage.text for passage in found) == text
    lines = lines_of(text)
    for passage in found:
        assert len(passage.text) <= CHARACTERS and len(lines_of(passage.text)) <= LINES
        assert passage.text.partition("\n")[0] in lines[passage.first - 1]
        assert passage.first <= passage.last <= max(1, len(lines))


def test_they_end_between_paragraphs() -> None:
    paragraph = "word " * 150 + "\n\n"
    assert [(passage.first, passage.last) for passage in passages(paragraph * 3)] == [(1, 1), (3, 3), (5, 5)]
