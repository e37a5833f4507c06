# ruff: noqa: RUF001
"""A report read from Markdown: sections, sentences in two languages, and what each cites."""

from __future__ import annotations

import pytest

from farside.missions.research.citation import Citation, citations, without
from farside.missions.research.report import Block, Section, read
from farside.missions.research.sentences import sentences


def texts(section: Section) -> list[tuple[str, list[str]]]:
    return [(block.kind, [sentence.text for sentence in block.sentences]) for block in section.blocks]


@pytest.mark.parametrize(
    ("paragraph", "wanted"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. A. B. Smith paid 3.5 m, e.g. in Jan. 1890. Then he left.", 2),
        ('"Is it so?" she asked. It was.', ['"Is it so?" she asked.', "It was."]),
        ("桥建于1957年。它长1670米！是吗？", ["桥建于1957年。", "它长1670米！", "是吗？"]),
        ("他说：“桥通了。”人们很高兴。", ["他说：“桥通了。”", "人们很高兴。"]),
        ("It is so [[a:b.md:1]]. Next. [[a:c.md:2]] [[a:d.md:3]] Last", 3),
        ("It is so.[[a:b.md:1]]Next.[[a:c.md:2]]", ["It is so.[[a:b.md:1]]", "Next.[[a:c.md:2]]"]),
        ("It lies at https://x.org/a.html?b=1. Next.", 2),
    ],
)
def test_sentences_end_where_a_reader_ends_them(paragraph: str, wanted: int | list[str]) -> None:
    found = list(sentences(paragraph))
    assert (len(found) if isinstance(wanted, int) else found) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x [[notes:a.md:3]]", [Citation("notes:a.md", 3, 3)]),
        ("x [[notes:a.md:3-5; web page:7]]", [Citation("notes:a.md", 3, 5), Citation("web page", 7, 7)]),
        ("x [[https://x.org/a:b?c=1:12–14]]", [Citation("https://x.org/a:b?c=1", 12, 14)]),
        ("x [[notes:a.md: lines 3-5]]", [Citation("notes:a.md", 3, 5)]),
        ("x [[notes:a.md:3, L5-L6]]", [Citation("notes:a.md", 3, 3), Citation("notes:a.md", 5, 6)]),
        ("x ([[notes:a.md:3]])", [Citation("notes:a.md", 3, 3)]),
        ("x [[notes:a.md:5-3]]", [Citation("notes:a.md", 5, 5)]),
        ("x [[notes:a.md]]", [Citation("notes:a.md", 0, 0)]),
        ("x [[above]]", [Citation("above", 0, 0)]),
        ("x [[notes:a[1].md:3]]", [Citation("notes:a[1].md", 3, 3)]),
        ("x [[notes:[a] b]:3]]", [Citation("notes:[a] b]", 3, 3)]),
        ("x [[notes:a[[b]].md:3-4]]", [Citation("notes:a[[b]].md", 3, 4)]),
        ("x [[notes:a[.md:3; notes:b;c.md:4]]", [Citation("notes:a[.md", 3, 3), Citation("notes:b;c.md", 4, 4)]),
        ("x [[above; notes:a (1).md:3;]]", [Citation("above", 0, 0), Citation("notes:a (1).md", 3, 3)]),
        ("[[x [[notes:a.md:3]]", [Citation("notes:a.md", 3, 3)]),
        ("x [1] [a](b)", []),
    ],
)
def test_a_citation_names_a_page_and_its_lines(text: str, wanted: list[Citation]) -> None:
    assert list(citations(text)) == wanted
    if wanted:
        assert without(text).removeprefix("[[") == "x"


def test_a_report_has_a_title_sections_and_blocks() -> None:
    report = read(
        "# The *bridge*\n\nIt is old. [[n:a.md:1]]\nIt is\nlong [[n:a.md:2]].\n\n## Facts\n"
        "Three things:\n- one [[n:a.md:3]]\n  goes on\n- two\n1. first\n\n"
        "| a | b |\n|---|:-:|\n| x | 5 [[n:a.md:4]] |\n"
    )
    assert report.title.text == "The *bridge*"
    first, facts = report.sections
    assert texts(first) == [("paragraph", ["It is old.", "It is long."])]
    assert [sentence.line for sentence in first.blocks[0].sentences] == [3, 4]
    assert texts(facts) == [
        ("paragraph", ["Three things:"]),
        ("item", ["one goes on"]),
        ("item", ["two"]),
        ("item", ["first"]),
        ("head", ["a | b"]),
        ("row", ["x | 5"]),
    ]
    assert [block.mark for block in facts.blocks] == ["", "-", "-", "1.", "", ""]
    assert not facts.blocks[0].sentences[0].asserts


@pytest.mark.parametrize(
    "name", ["a[1].md", "[draft] b.md", "a[[b]].md", "a (1).md", "a;b.md", "a|b.md", "a。b! C.md", "it's.md"]
)
def test_a_page_of_any_name_can_be_cited_anywhere(name: str) -> None:
    cited = Citation(f"notes:{name}", 3, 4)
    text = "One. @ “Two”. @\n\n- three @\n\n| 4 @ | x |\n\n## Open questions\n\n- When? | 1894 @ | 1896 @\n"
    report = read(text.replace("@", f"[[{cited}]]"))
    every = [sentence for section in report.sections for block in section.blocks for sentence in block.sentences]
    assert [(sentence.text, list(sentence.citations)) for sentence in every] == [
        ("One.", [cited]),
        ("“Two”.", [cited]),
        ("three", [cited]),
        ("4 | x", [cited]),
        ("When?", []),
        ("1894", [cited]),
        ("1896", [cited]),
    ]


def test_lines_of_chinese_are_joined_without_a_space() -> None:
    (section,) = read("武汉长江大桥\n建成于1957年。[[n:a.md:1]]").sections
    assert texts(section) == [("paragraph", ["武汉长江大桥建成于1957年。"])]


@pytest.mark.parametrize("heading", ["What could not be settled", "Open questions", "未决问题"])
@pytest.mark.parametrize(
    "row", ["- When? | 1894 [[a:g.md:3]] | 1896 [[b:p.md:2]]", "| When? | 1894 [[a:g.md:3]] | 1896 [[b:p.md:2]] |"]
)
def test_what_could_not_be_settled_has_a_question_and_sides(heading: str, row: str) -> None:
    (section,) = read(f"## {heading}\n{row}\n").sections
    assert section.unsettled
    (block,) = section.blocks
    assert isinstance(block, Block)
    assert [sentence.text for sentence in block.sentences] == ["When?", "1894", "1896"]
    assert [str(citation) for sentence in block.sentences for citation in sentence.citations] == [
        "a:g.md:3",
        "b:p.md:2",
    ]
