"""Chapters that break the bible or the ledger: found in their final text."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from farside.missions.story.book.book import Book
from farside.missions.story.book.continuity import continuity
from farside.missions.story.book.facts import hashed
from farside.missions.story.book.folder import read_book
from tests.missions.story.books import EXAMPLE, TIDE, copied, edited, found, told

CHAPTER, FACTS = "chapters/01.md", "facts/01.md"
LINE = '- day | Monday | "*Mon. 5.50*, she wrote."\n'


def broken(book: Book) -> list[str]:
    return told(each for each in continuity(book) if each.weight == "broken")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(EXAMPLE, tmp_path / "book")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"Calm," she said.',
            '"The tape had caught the voice," she said.',
            "`the tape had caught the voice` must not",
        ),
        (
            "in no hurry, below her",
            "in no hurry, from the  spaceship",
            "`spaceship` must not stand here: `never` of R1",
        ),
        ("tails up. The row was long.", "tails up.", ""),
        ("and it turned nothing.", "and it opened the pump house.", "S2 no longer stand in chapters/01.md"),
    ],
)
def test_the_text_alone_shows_what_it_breaks(folder: Path, old: str, new: str, said: str) -> None:
    lines = broken(edited(folder, CHAPTER, old, new))
    assert any(said in line for line in lines) if said else not lines, lines


def test_lines_that_are_wrapped_by_hand_and_accents_of_their_own_say_the_same(tmp_path: Path) -> None:
    folder = copied(TIDE, tmp_path / "tide")
    text = (folder / CHAPTER).read_text()
    wrapped = text.replace("海生从口袋里摸出铜铃。", "海生从口\n袋里摸出铜\n铃。").replace("没蹭掉", "没蹭\n掉")
    (folder / CHAPTER).write_text(wrapped)
    (folder / FACTS).write_text((folder / FACTS).read_text().replace("be8b6fe98b16bb23", hashed(wrapped)))
    assert found(read_book(folder)) == []
    never = edited(folder, "bible/objects.md", "## 铜铃\n", "## 铜铃\n- 绝不：摸出铜铃\n")
    assert broken(never) == ["chapters/01.md:17: `摸出铜铃` must not stand here: `never` of 铜铃 in the bible."]


def test_an_accent_may_be_a_character_of_its_own(folder: Path) -> None:
    book = edited(folder, "bible/minor.md", "## Denise", "## Dénise").with_files({})
    text = book.chapters[0].text.replace("Denise", unicodedata.normalize("NFD", "Dénise"))
    assert "absent" not in {each.kind for each in continuity(book.with_files({CHAPTER: text}))}


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ('- person | Ines | age = 17 | "Ines had been seven."', "Ines Marrow: age: text / bible are 17 / 16"),
        ('- person | Tobias | "Ines had been seven."', "Tobias is in the text and not in bible/people.md"),
        ('- day | 2 | "The shaft was not full."', "the text says day 2, the outline says 1, Monday"),
        ('- place | Paris | "The shaft was not full."', "Paris is in the text and not in bible/places.md"),
        (
            '- object | whistle | held by Abel | "The shaft was not full."',
            "Whistle is in other hands than before: Abel /",
        ),
        ('- knows | Teo | K1 | "Her bag strap went tight across her throat."', "Teo Aldous knows K1 (6) here"),
        ('- knows | Denise | K2 | "She was looking straight at the shelter"', "Denise knows K2 (–) here"),
        ('- seed | S99 | planted | "The shaft was not full."', "S99 is planted or paid here and is not in ledger.md"),
    ],
)
def test_a_fact_is_held_against_the_bible_where_the_text_says_it(folder: Path, fact: str, said: str) -> None:
    (line,) = broken(edited(folder, FACTS, LINE, f"{LINE}{fact}\n"))
    assert said in line
    assert line.startswith("chapters/01.md:")


def test_a_fact_without_its_words_in_the_text_is_none(folder: Path) -> None:
    (line,) = broken(edited(folder, FACTS, LINE, f'{LINE}- person | Ines Marrow | "Ines wept."\n'))
    assert line == 'facts/01.md:6: these words do not stand in chapters/01.md: "Ines wept.".'


def test_an_object_may_change_hands_where_the_text_shows_it(folder: Path) -> None:
    words = '"Her bag strap went tight across her throat."'
    fact = f"- object | whistle | passes to Abel | {words}\n- object | whistle | held by Abel | {words}\n"
    assert broken(edited(folder, FACTS, LINE, LINE + fact)) == []


def test_an_unknown_name_and_who_is_missing_are_to_be_looked_at(folder: Path) -> None:
    book = edited(folder, CHAPTER, "and Denise was driving it, who", "and a woman called Barbara was driving it, who")
    notes = told(each for each in continuity(book) if each.weight == "note")
    assert "chapters/01.md:63: `Barbara` looks like a name and is nowhere in the bible" in "\n".join(notes)
    assert any("Denise is planned for this chapter and is not named in it" in note for note in notes)


def test_facts_of_an_older_text_are_stale(folder: Path) -> None:
    book = edited(folder, CHAPTER, "The row was long. ", "")
    assert any("was changed after its facts were drawn" in note for note in told(continuity(book)))


def test_a_reason_makes_a_finding_intended(folder: Path) -> None:
    book = edited(folder, CHAPTER, "in no hurry, below her", "in no hurry, from a spaceship")
    key = next(each.key for each in continuity(book) if each.kind == "forbidden")
    assert key == "forbidden spaceship"
    (folder / "intended.md").write_text(f"# Meant so\n- {key}: a figure of speech\n")
    assert broken(read_book(folder)) == []
    (folder / "intended.md").write_text(f"# Meant so\n- {key}:\n")
    assert len(broken(read_book(folder))) == 1, "no reason, no exemption"


def written(folder: Path, number: int, text: str) -> None:
    """Add a chapter by hand, with facts."""
    (folder / f"chapters/{number:02}.md").write_text(text)
    words = text.splitlines()[2][:20]
    (folder / f"facts/{number:02}.md").write_text(
        f'# Facts\n- drawn from: {hashed(text)}\n\n- place | The post office | "{words}"\n'
    )


def test_a_seed_that_is_due_and_not_paid_is_overdue(folder: Path) -> None:
    text = "# The Step\n\nMr Sallow came out and counted them, Ines, Teo and Pim. Five.\n"
    written(folder, 2, text)
    assert broken(read_book(folder)) == ["ledger.md:17: S3 was due in chapter 2, which is written, and is not paid."]
    paid = edited(
        folder, "ledger.md", "- due: 2\n", '- due: 2\n- paid: 2\n- payoff: "counted them, Ines, Teo and Pim. Five."\n'
    )
    assert broken(paid) == []
    gone = edited(folder, "ledger.md", "Teo and Pim. Five.", "Teo and Pim. Four.")
    assert ["S3 is paid in chapter 2 by the ledger" in line for line in broken(gone)] == [True]


def test_what_is_gone_by_the_bible_does_not_come_back(folder: Path) -> None:
    edited(folder, "bible/places.md", "- also: post office\n", "- also: post office\n- until: 1\n")
    written(folder, 2, "# The Step\n\nMr Sallow came out, and Ines, Teo and Pim.\n")
    assert any(
        "The post office is here, and by the bible is so only until chapter 1" in line
        for line in broken(read_book(folder))
    )


def test_a_chinese_chapter_is_held_against_its_bible(tmp_path: Path) -> None:
    folder = copied(TIDE, tmp_path / "tide")
    assert found(read_book(folder)) == []
    book = edited(folder, CHAPTER, "“你先上去。”他说。", "手机响了。“我那天醒着，”他说。小满说她早就知道。")
    assert told([each for each in continuity(book) if each.weight == "broken"], "zh") == [
        "chapters/01.md:23: 这里不能出现“手机响了”：设定里“R1 石头记得话”的“绝不”。"
    ]
    book = edited(folder, FACTS, "- 伏笔 | S1", '- 知情 | 小满 | K1 | "小满说她早就知道。"\n- 伏笔 | S1')
    assert any("周小满 在这里知道了 K1 (3)" in line for line in told(continuity(book), "zh"))
