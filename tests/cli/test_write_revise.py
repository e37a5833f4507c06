"""`farside write revise`: as little as was asked, shown, and nothing that was changed meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.missions.story.book.folder import read_book
from tests.cli.command import Farside
from tests.cli.writing import example, write
from tests.missions.story import replies
from tests.missions.story.books import EXAMPLE, edited


@pytest.fixture
def book(farside: Farside) -> Path:
    return example(farside)


def test_a_revision_changes_what_was_asked_and_shows_it(farside: Farside, book: Path) -> None:
    number = next(
        each.number
        for each in read_book(book).chapters[0].paragraphs
        if each.text.startswith('"I left the money," said')
    )
    scope = f"{number}\nPim's answer should be shorter."
    wide = replies.EDIT + "\n<<<<\nAt ten to six the sea\n====\nAt six the water\n>>>>"
    long = (
        f"<<<<\n{read_book(book).chapters[0].paragraphs[number - 1].text}\n====\n{'quite another thing ' * 120}\n>>>>"
    )
    said = ("all of them", "1-60", scope, wide, long, replies.EDIT)
    done = write(farside, said, "revise", "1", "Let Pim say less here.", "--book", str(book))
    assert done.code == 0, done.err
    assert done.out.startswith("chapters/01.md is revised: 2 of 2417 words.")
    assert f'¶{number}  "I left [-the money-]{{+it+}},' in done.out
    told = "\n".join(getattr(event, "text", "") for event in farside.events())
    for refused in (
        "The first line should name paragraphs",
        "may reach 23",
        "which the revision is not about",
        "Change less",
    ):
        assert refused in told
    before, after = (EXAMPLE / "chapters/01.md").read_text(), (book / "chapters/01.md").read_text()
    assert after == before.replace('"I left the money," said Pim', '"I left it," said Pim')
    assert (book / "notes/revise-1/before.md").read_text() == before
    assert "Let Pim say less here." in (book / "notes/revisions.md").read_text()


def test_only_the_paragraphs_that_were_named_may_change(farside: Farside, book: Path) -> None:
    said = ("2, 9", "3", "<<<<\nShe waited for a wave\n====\nShe lay and waited for a wave\n>>>>")
    done = write(farside, said, "revise", "1", "Slower.", "--paragraphs", "3-4", "--book", str(book))
    assert done.code == 0, done.err
    assert "¶3  She{+ lay and+} waited for a wave to pu …" in done.out
    assert any("for the paragraphs 3, 4 alone, not 2, 9" in getattr(event, "text", "") for event in farside.events())


def test_a_small_model_revises_in_the_code_dialect(farside: Farside, book: Path) -> None:
    edit = "<<<<\nShe waited for a wave\n====\nShe lay and waited for a wave\n>>>>"
    model = farside.script("small", {"profile": {"tools": "code", "window": 16000}}, {"text": "3"}, {"text": edit})
    done = farside("write", "revise", "1", "Slower.", "--book", str(book), "--model", model)
    assert done.code == 0, done.err
    assert "She lay and waited for a wave to put it right." in (book / "chapters/01.md").read_text()


def test_a_revision_may_not_take_a_seed_out(farside: Farside, book: Path) -> None:
    line = next(each for each in read_book(book).chapters[0].paragraphs if "it turned nothing" in each.text)
    bad = "<<<<\nand it turned nothing.\n====\nand it fitted the door.\n>>>>"
    good = "<<<<\nas she did each morning,\n====\nas she did every morning,\n>>>>"
    done = write(farside, (f"{line.number}", bad, good), "revise", "1", "Clearer.", "--book", str(book))
    assert done.code == 0, done.err
    assert any("the words that plant S2 no longer stand" in getattr(event, "text", "") for event in farside.events())


def test_what_the_author_changed_meanwhile_is_left_alone(farside: Farside, book: Path) -> None:
    number = next(
        each.number
        for each in read_book(book).chapters[0].paragraphs
        if each.text.startswith('"I left the money," said')
    )
    model = farside.script(
        "slow", {"text": f"{number}"}, {"text": replies.EDIT, "delay_s": 1.5}, *[{"text": replies.EDIT}] * 6
    )
    with farside.typed("write", "revise", "1", "Shorter.", "--book", str(book), "--model", model) as process:
        farside.wait_for(lambda kinds: kinds.count("asked") == 2)
        edited(book, "chapters/01.md", '"Calm," she said.', '"Calm," said Ines.')
        process.wait(timeout=60)
    assert process.returncode == 5
    assert '"I left the money," said Pim' in (book / "chapters/01.md").read_text()
    assert any("was changed by somebody else" in getattr(event, "text", "") for event in farside.events())
