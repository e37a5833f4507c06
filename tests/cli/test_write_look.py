"""`farside write check`, `scores` and `export`: what needs no model."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Farside
from tests.missions.story.books import EXAMPLE, TIDE, copied, edited


@pytest.fixture
def book(farside: Farside) -> str:
    return str(copied(EXAMPLE, farside.folder / "book"))


def test_the_example_holds(farside: Farside, book: str) -> None:
    done = farside("write", "check", "--book", book)
    assert (done.code, done.out) == (0, "1 chapter, 38 facts, 11 seeds, 14 rules: all holds.\n")


def test_a_chapter_that_breaks_the_bible_is_told_with_its_line(farside: Farside, book: str) -> None:
    edited(farside.folder / "book", "chapters/01.md", "in no hurry, below her", "from the spaceship below her")
    done = farside("write", "check", "--book", book)
    assert done.code == 5
    assert "  chapters/01.md:131: `spaceship` must not stand here: `never` of R1 Somebody sowed the salt" in done.out
    assert "1 do not hold" in done.out or "2 do not hold" in done.out
    assert "intended.md" in done.err


def test_a_folder_that_contradicts_itself_is_told_with_its_line(farside: Farside, book: str) -> None:
    edited(farside.folder / "book", "ledger.md", "- planted: 1\n- due: 2", "- planted: 1\n- due: never")
    done = farside("write", "check", "--book", book)
    assert done.code == 5
    assert "ledger.md:17: S3 needs the number of a chapter here, not `never`." in done.out


def test_scores_are_printed_in_both_languages(farside: Farside, book: str) -> None:
    done = farside("write", "scores", "1", "--book", book)
    head, row, *_ = done.out.splitlines()
    assert head.split() == ["chapter", "words", "slop/1000", "repeated-4", "distinct-2", "MATTR-100", "same", "start"]
    assert row.split()[0] == "1" and float(row.split()[2]) < 1
    chinese = farside("write", "scores", "--book", str(TIDE))
    assert (chinese.code, chinese.out.split()[1]) == (0, "characters")


@pytest.mark.parametrize("name", ["out.md", "out.epub", "out.docx"])
def test_the_book_is_exported(farside: Farside, book: str, name: str) -> None:
    done = farside("write", "export", name, "--book", book)
    assert (done.code, done.out) == (0, f"{name} has 1 chapter of 7.\n")
    assert (farside.folder / name).stat().st_size > 5_000


@pytest.mark.parametrize(
    "name", ["book.md", "ledger.md", "intended.md", "chapters/01.md", "notes/x.epub", "bible/x.md"]
)
def test_no_file_of_the_book_is_written_over(farside: Farside, book: str, name: str) -> None:
    before = {path: path.read_bytes() for path in Path(book).rglob("*") if path.is_file()}
    done = farside("write", "export", f"{book}/{name}", "--book", book)
    assert (done.code, done.out) == (2, "")
    assert f"{name} is a file of the book itself." in done.err and "Name another" in done.err
    assert {path: path.read_bytes() for path in Path(book).rglob("*") if path.is_file()} == before
    assert farside("write", "export", f"{book}/out.md", "--book", book).code == 0
    assert farside("write", "export", f"{book}/out.md", "--book", book).code == 0


@pytest.mark.parametrize(
    ("arguments", "said", "next_step"),
    [
        (("check", "--book", "none"), "There is no folder none.", 'farside write "PREMISE" --book none'),
        (("check",), "holds no book: book.md is missing", "farside write"),
        (("scores", "9", "--book", str(EXAMPLE)), "Chapter 9 is not written.", "farside write draft 9"),
        (("export", "out.pdf", "--book", str(EXAMPLE)), "out.pdf names no format.", ".md, .epub, .docx"),
    ],
)
def test_what_cannot_be_is_refused(farside: Farside, arguments: tuple[str, ...], said: str, next_step: str) -> None:
    done = farside("write", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err and next_step in done.err
