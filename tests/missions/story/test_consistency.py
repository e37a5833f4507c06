"""A book's folder that was edited by hand: what contradicts itself is named with file and line."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from farside.errors import FarsideError
from farside.missions.story.book.consistency import inconsistencies, refuse_inconsistent
from farside.missions.story.book.continuity import continuity
from farside.missions.story.book.folder import read_book, write_text
from farside.missions.story.book.ledger import plan
from farside.missions.story.book.page import Entry
from tests.missions.story.books import EXAMPLE, TIDE, copied, edited, told

BY_HAND = [
    ("bible/people.md", "- anchor: valve key\n", "", "bible/people.md:3: `Ines Marrow` needs a line `- anchor: …`"),
    ("bible/people.md", "- anchor: whistle", "- anchor: trumpet", "`trumpet`, is not in bible/objects.md"),
    (
        "bible/people.md",
        "- anchor: whistle",
        "- anchor: bell clapper",
        "the anchor of Luka Brandt is already that of Pim",
    ),
    (
        "bible/people.md",
        "- wants: for Miro to be angry",
        "- wnats: x",
        "there is no field `wnats` here; it may be: wants",
    ),
    ("bible/people.md", "- fears: hands", "- fears: hands\n- fear: none", "`Dunya Vask` has the field `fear` twice"),
    ("bible/people.md", "- also: Luka, Brandt", "- also: Luka, Sallow", "also names Luka Brandt"),
    ("bible/rules.md", "- because: R5", "- because: R55", "R6 follows from R55, which is not in the causal chain"),
    ("bible/rules.md", "- because: given\n- never", "- never", "`R1 Somebody sowed the salt` needs a line"),
    ("bible/rules.md", "## R3 What", "## R2 What", "`R2` stands twice; the other is on line"),
    ("bible/secrets.md", "Teo Aldous from 6", "Theo Aldous from 6", "`Theo Aldous` is not in bible/people.md"),
    (
        "bible/objects.md",
        "- holder: Mr Sallow",
        "- holder: Mr Swallow",
        "`Mr Swallow` is neither a person nor a place",
    ),
    ("outline.md", "## Chapter 3: The Ladder", "## The Ladder", "the heading `The Ladder` names no chapter"),
    ("outline.md", "## Chapter 3: The Ladder", "## Chapter 8: The Ladder", "here should be chapter 3, not 8"),
    ("outline.md", "- pays: S1, S6", "- pays: S1, S60", "S60 is not in ledger.md"),
    ("outline.md", "- pays: S4\n", "- pays: S5\n", "S5 is paid here, but due in chapter 5 by ledger.md"),
    (
        "outline.md",
        "S9, S10, S11\n",
        "S9, S10\n",
        "S11 is planted in chapter 1, whose `plants` in outline.md does not",
    ),
    (
        "ledger.md",
        "## S3 Mr Sallow counts\n- planted: 1",
        "## S3 Mr Sallow counts\n- planted: soon",
        "S3 needs the number",
    ),
    ("ledger.md", "- planted: 1\n- due: 2", "- planted: 3\n- due: 2", "S3 is due before chapter 3"),
    (
        "ledger.md",
        "- planted: 1\n- due: 2",
        "- planted: 1\n- due: 12",
        "S3 names chapter 12, which outline.md does not have",
    ),
    (
        "ledger.md",
        "- planted: 1\n- due: 2",
        f"- planted: 1\n- due: {'9' * 5_000}",
        "S3 needs the number of a chapter",
    ),
    ("outline.md", "## Chapter 3: The Ladder", f"## Chapter {'9' * 5_000}", "names no chapter"),
    ("book.md", "- language: en", "- language: Klingon", "book.md:2: the language `Klingon` is not known"),
    ("facts/01.md", "- day | 1 |", "- weather | 1 |", "facts/01.md:4: this line is no fact"),
]


@pytest.mark.parametrize(("name", "old", "new", "said"), BY_HAND, ids=[row[3][:40] for row in BY_HAND])
def test_a_contradiction_is_named_with_its_place(tmp_path: Path, name: str, old: str, new: str, said: str) -> None:
    book = edited(copied(EXAMPLE, tmp_path / "book"), name, old, new)
    lines = told(inconsistencies(book))
    assert any(said in line for line in lines), lines
    assert all(re.match(r"[\w/]+\.md(:\d+)?: ", line) for line in lines)
    with pytest.raises(FarsideError) as refused:
        refuse_inconsistent(book, "book")
    assert re.search(r"\.md(:\d+)?: ", str(refused.value))
    assert "farside write check --book book" in refused.value.next_step


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("chapters/00.md", "# Zero\n\nText.\n", "chapters/00.md: the name of the file has no number"),
        ("chapters/02.md", "", "chapters/02.md: chapter 2 has no text"),
        ("chapters/02.md", "# Two\n\n* * *\n", "chapters/02.md: chapter 2 has no text"),
        ("facts/1.md", "# Facts\n", "facts/1.md: the facts of chapter 1 also stand in facts/01.md"),
        ("facts/one.md", "# Facts\n", "facts/one.md: the name of the file has no number"),
    ],
)
def test_a_file_that_is_one_too_many_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    folder = copied(EXAMPLE, tmp_path / "book")
    (folder / name).write_text(text)
    assert any(line.startswith(said) for line in told(inconsistencies(read_book(folder))))


def test_what_is_not_read_is_told_as_a_note(tmp_path: Path) -> None:
    folder = copied(EXAMPLE, tmp_path / "book")
    (folder / "chapters/02.txt").write_text("# Two\n")
    (folder / "chapters/part two").mkdir()
    (folder / "chapters/.hidden").write_text("x")
    book = read_book(folder)
    notes = [each for each in continuity(book.with_files({})) if each.kind == "not_read"]
    assert [(each.weight, each.file) for each in notes] == [
        ("note", "chapters/02.txt"),
        ("note", "chapters/part two"),
    ]
    assert inconsistencies(book) == []


@pytest.mark.parametrize(
    ("heading", "number", "title"),
    [
        ("第十二章 潮", 12, "潮"),
        ("第一百二十章 潮", 120, "潮"),
        ("第一百零五章", 105, "第一百零五章"),
        ("第二〇章 潮", 20, "潮"),
        ("三、潮", 3, "潮"),
        ("第7章 潮", 7, "潮"),
        ("Chapter 12: Tide", 12, "Tide"),
    ],
)
def test_chapters_are_numbered_in_either_language(heading: str, number: int, title: str) -> None:
    found = plan(Entry(heading, 1))
    assert found and (found.number, found.title) == (number, title)
    assert plan(Entry("十字路口", 1)) is None


def test_the_next_command_can_be_typed_as_it_is_told(tmp_path: Path) -> None:
    folder = copied(EXAMPLE, tmp_path / "my book's")
    book = edited(folder, "book.md", "- language: en", "- language: Klingon")
    with pytest.raises(FarsideError) as refused:
        refuse_inconsistent(book, str(folder))
    assert shlex.split(refused.value.next_step.partition("again: ")[2])[-1] == str(folder)
    with pytest.raises(FarsideError) as none:
        read_book(folder / "no book")
    assert shlex.split(none.value.next_step)[-1] == str(folder / "no book")


def test_causes_that_go_round_hang_in_the_air(tmp_path: Path) -> None:
    book = edited(
        copied(EXAMPLE, tmp_path / "book"), "bible/rules.md", "- because: given\n- never", "- because: R2\n- never"
    )
    (line, *more) = told(inconsistencies(book))
    assert line.startswith("bible/rules.md:") and "R1 follows from R2, and nothing of that leads back" in line
    assert len(more) > 3, "all that rests on it hangs too"


def test_a_chinese_book_is_told_of_in_chinese(tmp_path: Path) -> None:
    book = edited(copied(TIDE, tmp_path / "book"), "ledger.md", "- 应兑于：2", "- 应兑于：九")
    assert told(inconsistencies(book), "zh")[0] == "ledger.md:5: S1 这里要写章号，而不是“九”。"


def test_the_examples_agree_with_themselves() -> None:
    assert [told(inconsistencies(read_book(folder))) for folder in (EXAMPLE, TIDE)] == [[], []]


def test_a_folder_without_a_book_says_how_to_begin_one(tmp_path: Path) -> None:
    for folder, said in ((tmp_path, "book.md is missing"), (tmp_path / "none", "There is no folder")):
        with pytest.raises(FarsideError, match=said) as refused:
            read_book(folder)
        assert "farside write" in refused.value.next_step


def test_a_file_that_is_no_text_is_named_with_its_line(tmp_path: Path) -> None:
    folder = copied(EXAMPLE, tmp_path / "book")
    (folder / "chapters/01.md").write_bytes(b"# Eins\n\nzwei\n\xff\xfe")
    with pytest.raises(FarsideError, match=r"chapters/01\.md:4: this is not UTF-8"):
        read_book(folder)


def test_a_link_out_of_the_book_is_neither_read_nor_written(tmp_path: Path) -> None:
    folder, secret = copied(EXAMPLE, tmp_path / "book"), tmp_path / "secret.md"
    secret.write_text("# Secret\n")
    shutil.rmtree(folder / "notes")
    (folder / "bible/extra.md").symlink_to(secret)
    with pytest.raises(FarsideError, match="lies outside"):
        read_book(folder)
    (folder / "notes").symlink_to(tmp_path)
    with pytest.raises(FarsideError, match="cannot be written"):
        write_text(folder, "notes/secret.md", "mine")
    (folder / "bible/extra.md").unlink()
    (folder / "ledger.md").unlink()
    (folder / "ledger.md").symlink_to(secret)
    write_text(folder, "ledger.md", "# Seeds\n")
    assert secret.read_text() == "# Secret\n"
