"""The form of a book's files."""

from __future__ import annotations

from farside.missions.story.book.page import Entry, Field, Page, entry_at, listed, parsed, phrases, with_field

TEXT = """# Seeds
- of: a book

## S1 The key
- planted: 1
- words: "It turned
  nothing."

Prose with a - dash: and a colon.
- this is a list in prose: no field

## S2：铃
- 埋于：2
"""


def test_a_page_is_fields_and_prose_under_headings() -> None:
    key = (Field("planted", "1", 5), Field("words", '"It turned nothing."', 6))
    prose = "Prose with a - dash: and a colon.\n- this is a list in prose: no field"
    assert parsed("ledger.md", TEXT) == Page(
        "ledger.md",
        Entry("Seeds", 1, (Field("of", "a book", 2),)),
        (Entry("S1 The key", 4, key, prose), Entry("S2：铃", 12, (Field("埋于", "2", 13),))),
    )
    assert [(entry.id, entry.title) for entry in parsed("", TEXT).entries] == [("S1", "The key"), ("S2", "铃")]


def test_any_text_is_a_page() -> None:
    assert parsed("a", "") == Page("a", Entry("", 0))
    assert parsed("a", "only prose\n").head.prose == "only prose"
    assert [entry.name for entry in parsed("a", "## One\n## Two").entries] == ["One", "Two"]


def test_lists_take_the_marks_of_both_languages() -> None:
    assert listed("S1, S2；S3、S4，“S5”") == ("S1", "S2", "S3", "S4", "S5")
    assert phrases("by night, alone; 手机响了；灯") == ("by night, alone", "手机响了", "灯")


def test_setting_a_field_leaves_the_rest_to_the_letter() -> None:
    known = with_field(TEXT, entry_at(TEXT, 4), ("words", "原文"), '"Other."')
    assert known == TEXT.replace('- words: "It turned\n  nothing."\n', '- words: "Other."\n')
    new = with_field(TEXT, entry_at(TEXT, 4), ("paid", "兑于"), "6")
    assert new == TEXT.replace('  nothing."\n', '  nothing."\n- paid: 6\n')
    assert with_field(new, entry_at(new, 4), ("paid",), "6") == new
