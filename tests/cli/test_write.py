"""`farside write`: the agent works on a book, with scripted replies, real tools and real folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farside.missions.story.book.folder import read_book
from tests.cli.command import Farside
from tests.cli.writing import example, write
from tests.missions.story import replies
from tests.missions.story.books import EXAMPLE, TIDE, copied, edited, found


@pytest.fixture
def book(farside: Farside) -> Path:
    return example(farside)


def test_a_chapter_is_thought_through_written_read_and_kept(farside: Farside, book: Path) -> None:
    done = write(farside, replies.DRAFTING, "draft", "--book", str(book))
    assert done.code == 0, done.err
    assert done.out.startswith("The chapter is written: chapters/02.md, 120 words, with 7 facts drawn from it.")
    assert str(book / "chapters/02.md") in done.err
    text = (book / "chapters/02.md").read_text()
    assert "looked at the end of it" in text and "looked at the place" not in text
    now = read_book(book)
    seed = next(seed for seed in now.seeds if seed.id == "S3")
    assert (seed.paid, seed.payoff) == (2, "The broom went along them and came to the end one short.")
    assert now.outline[1].entry.value("status") == "written"
    assert [finding.told() for finding in found(now) if finding.weight != "note"] == []
    kept = sorted(path.name for path in (book / "notes/chapter-02").iterdir())
    assert kept == ["choice.md", "draft.md", "facts.md", "openings.md", "plan.md", "reading.md", "text.md"]
    assert (book / "chapters/01.md").read_bytes() == (EXAMPLE / "chapters/01.md").read_bytes()


def test_a_chinese_book_is_worked_on_in_chinese(farside: Farside) -> None:
    folder = copied(TIDE, farside.folder / "tide")
    done = write(farside, replies.CHINESE, "draft", "2", "--book", str(folder))
    assert done.code == 0, done.err
    assert done.out.startswith("本章已写成：chapters/02.md")
    seed = read_book(folder).seeds[0]
    assert (seed.paid, seed.payoff) == (2, "石头上三个字：起来了。")
    assert "- 兑于: 2" in (folder / "ledger.md").read_text() and "- 状态: 已写" in (folder / "outline.md").read_text()
    assert [finding.told("zh") for finding in found(read_book(folder)) if finding.weight != "note"] == []
    told = " ".join(getattr(event, key, "") for event in farside.events() for key in ("goal", "system", "text"))
    assert "你协助作者写一本书" in told and "第一步：动笔之前" in told and "First step" not in told


BAD = {
    "the plan forgets a seed": (
        0,
        "Ines, Teo, Pim and Mr Sallow meet. " * 9,
        "says nothing of what the outline wants in this chapter: S3",
    ),
    "one opening three times": (
        1,
        "## 1\nThe broom went along them there and stopped.\n" * 3,
        "There are 1 that differ; at least 3",
    ),
    "no choice": (2, "I cannot say.", "Name one number from 1 to 3"),
    "a draft of the wrong length": (
        3,
        "The broom. " * 20,
        "The draft has 40 words; this chapter should have 72 to 192",
    ),
    "a draft that breaks the bible": (
        3,
        replies.DRAFT.replace("the broom to Ines", "the spaceship to Ines"),
        "`spaceship` must not stand here",
    ),
    "a read-through that rewrites": (
        4,
        f"<<<<\n{replies.DRAFT[12:]}\n====\nAll is new.\n>>>>",
        "Mend, do not write anew",
    ),
    "an edit of what is not there": (
        4,
        "<<<<\nThe moon\n====\nThe sun\n>>>>",
        "These words do not stand in the text, to the letter: The moon",
    ),
    "an invented quotation": (
        5,
        replies.FACTS.replace("came to the end one short", "wept"),
        "These words do not stand in the chapter",
    ),
    "a fact that breaks the bible": (
        5,
        replies.FACTS + '- knows | Pim Dray | K1 | "Was it Monday?"\n',
        "Pim Dray knows K1 (–) here",
    ),
    "facts without the seed that is due": (
        5,
        replies.FACTS.partition("- seed")[0],
        "S3 was due in chapter 2, which is written, and is not paid",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_what_does_not_hold_is_sent_back_and_written_again(farside: Farside, book: Path, what: str) -> None:
    at, bad, said = BAD[what]
    done = write(farside, (*replies.DRAFTING[:at], bad, *replies.DRAFTING[at:]), "draft", "2", "--book", str(book))
    assert done.code == 0, done.err
    told = [getattr(event, "text", "") for event in farside.events()]
    assert any(said in text and "not kept" in text for text in told)
    assert farside.kinds().count("judged") == 7


def test_out_of_budget_leaves_what_there_is_marked_as_a_part(farside: Farside, book: Path) -> None:
    said = (*replies.DRAFTING[:4], *replies.DRAFTING[3:])
    done = write(farside, said, "draft", "2", "--book", str(book), "--max-steps", "4")
    assert done.code == 3
    assert "Only a part. The steps plan, openings, choice are done" in done.err
    part = (book / "notes/chapter-02/partial.md").read_text()
    assert part.startswith("- status: partial: the budget is used up\n- steps done: plan, openings, choice\n")
    assert "which was not checked\n\n# The Step" in part and replies.CHOICE in part
    assert not (book / "chapters/02.md").exists()
    again = farside("resume", "last", "--max-steps", "20")
    assert again.code == 0, again.err
    assert (book / "chapters/02.md").exists() and not (book / "notes/chapter-02/partial.md").exists()


@pytest.mark.parametrize("reached", [2, 7, 11])
def test_a_killed_run_goes_on_where_it_was(farside: Farside, book: Path, reached: int) -> None:
    lines = [{"text": text, "delay_s": 0.2} for text in replies.DRAFTING]
    model = farside.script("slow", *lines)
    with farside.typed("write", "draft", "2", "--book", str(book), "--model", model) as process:
        farside.wait_for(lambda kinds: kinds.count("call_started") + kinds.count("asked") >= reached)
        process.kill()
        process.wait()
    done = farside("resume", "last")
    assert done.code == 0, done.err
    assert farside.kinds().count("replied") == 6 or reached % 2 == 0
    now = read_book(book)
    assert "looked at the end of it" in (book / "chapters/02.md").read_text()
    assert [finding.told() for finding in found(now) if finding.weight != "note"] == []


def test_a_bible_that_the_model_loosened_is_reported(farside: Farside, book: Path) -> None:
    loosened = {
        "path": "bible/rules.md",
        "old": "- never: spaceship; flying saucer; the aliens; tentacle\n",
        "new": "",
    }
    said = [{"text": text.replace("the broom to Ines", "the spaceship to Ines")} for text in replies.DRAFTING]
    model = farside.script("cheat", {"calls": [{"name": "edit_file", "arguments": loosened}]}, *said)
    done = farside("write", "draft", "2", "--book", str(book), "--model", model)
    assert done.code == 0, done.err
    assert "Changed since this began, and not by this task: bible/rules.md." in done.out
    assert farside("restore", "last", "as-it-was", "--at", "0").code == 0
    assert (farside.folder / "as-it-was/bible/rules.md").read_bytes() == (EXAMPLE / "bible/rules.md").read_bytes()


def test_what_is_said_to_a_finished_task_changes_nothing_and_says_so(farside: Farside, book: Path) -> None:
    write(farside, (*replies.DRAFTING, "Certainly, it is shorter now."), "draft", "2", "--book", str(book))
    text = (book / "chapters/02.md").read_text()
    done = farside("say", "last", "Make it shorter.")
    assert (done.code, "Another change is a task of its own" in done.out) == (0, True), done.err
    assert (book / "chapters/02.md").read_text() == text


def test_facts_are_drawn_from_a_chapter_that_was_changed_by_hand(farside: Farside, book: Path) -> None:
    edited(book, "chapters/01.md", '"Calm," she said.', '"Calm," said Ines.')
    facts = (EXAMPLE / "facts/01.md").read_text().partition("\n\n")[2]
    done = write(farside, (facts,), "facts", "1", "--book", str(book))
    assert (done.code, done.out.splitlines()[0]) == (
        0,
        "38 facts were drawn into facts/01.md; 0 of what was found does not hold.",
    )
    assert found(read_book(book)) == []


def test_criticism_mends_the_logic_and_not_the_wording(farside: Farside, book: Path) -> None:
    rules = (book / "bible/rules.md").read_text()
    worded = rules.replace("It takes a memory that is spoken", "It drinks a memory that is said aloud")
    mended = rules.replace("- because: R2, R9", "- because: R9").replace("spoils the harvest", "drowns the harvest")
    diagnosis = "R14 does not follow from R2: that wet salt takes says nothing of salt that is flooded. " * 4
    said = (
        "It is fine.",
        diagnosis,
        f"=== bible/rules.md\n{worded}",
        f"=== bible/rules.md\n{mended}",
        "Nothing else changes.",
    )
    done = write(farside, said, "criticise", "this setting is silly, start over", "--book", str(book))
    assert done.code == 0, done.err
    assert "- R14 Flooded, the cave keeps what it has ← R9" in done.out
    told = "\n".join(getattr(event, "text", "") for event in farside.events())
    assert "this is the chain that was criticised, in other words" in told and "A diagnosis says in at least" in told
    assert (book / "bible/rules.md").read_text().strip() == mended.strip()
    assert (book / "notes/criticise-1/before/bible-rules.md").read_text() == rules
    assert (book / "chapters/01.md").read_bytes() == (EXAMPLE / "chapters/01.md").read_bytes()


def test_ideas_are_kept_and_the_book_stays(farside: Farside, book: Path) -> None:
    before = {path: path.read_bytes() for path in book.rglob("*.md")}
    ideas = replies.OPENINGS
    done = write(
        farside,
        (ideas, "2, as it gives Teo something to do."),
        "brainstorm",
        "What does Teo do?",
        "--book",
        str(book),
    )
    assert done.code == 0, done.err
    assert {path: path.read_bytes() for path in before} == before
    assert (book / "notes/brainstorm-1/choice.md").read_text() == "2, as it gives Teo something to do.\n"


MORE = """=== outline.md
## Chapter {number}: Afterwards
- day: 8, Monday
- place: The pump house
- people: Ines
- plants: S12
- pays: S13

She reads the board.
=== ledger.md
# Seeds

## S12 A tenth book
- planted: 8
- due: 11
"""


def test_a_long_book_is_outlined_piece_by_piece(farside: Farside, book: Path) -> None:
    edited(book, "book.md", "- words: 2500", "- words: 2500\n- chapters: 12")
    edited(book, "ledger.md", "# Seeds\n", "# Seeds\n\n## S13 What comes late\n- planted: 2\n- due: 8\n")
    edited(book, "outline.md", "- pays: S3\n", "- plants: S13\n- pays: S3\n")
    said = (MORE.format(number=9), MORE.format(number=8))
    done = write(farside, said, "outline", "Where does the log go?", "--book", str(book))
    assert (done.code, done.out) == (0, "The chapters 8 to 8 are outlined, with 1 new seeds.\n"), done.err
    assert any("The next chapter is 8" in getattr(event, "text", "") for event in farside.events())
    now = read_book(book)
    assert (len(now.outline), now.outline[7].plants, now.seeds[-1].due) == (8, ("S12",), 11)
    assert [finding.told() for finding in found(now)] == []
    assert "1 of 12 chapters written" in farside("write", "--book", str(book)).out


def parts(folder: Path, *names: str) -> str:
    return "\n".join(f"=== {name}\n{(folder / name).read_text()}" for name in names)


@pytest.mark.parametrize(
    ("source", "premise"), [(EXAMPLE, "Orle is a town that is going out."), (TIDE, "码头每天多露出一寸石头。")]
)
def test_a_book_is_founded_on_a_premise(farside: Farside, source: Path, premise: str) -> None:
    said = (
        *(replies.DIRECTIONS, "1, because a week has an end. \nTitle: The Salt Circus"),
        parts(source, "bible/rules.md"),
        parts(source, "bible/people.md", "bible/minor.md", "bible/places.md", "bible/objects.md", "bible/secrets.md"),
        parts(source, "outline.md", "ledger.md"),
    )
    done = write(farside, said, premise, "--book", "new", "--chapters", "30")
    assert done.code == 0, done.err
    book = read_book(farside.folder / "new")
    assert (book.title, book.language) == ("The Salt Circus", "zh" if source is TIDE else "en")
    assert book.length == 30
    assert premise in book.premise and len(book.outline) == (3 if source is TIDE else 7)
    stands = farside("write", "--book", "new")
    assert stands.code == 0 and "Next: farside write draft 1 --book new" in stands.out
    again = farside("write", "Another premise", "--book", "new")
    assert again.code == 2 and "holds a book already" in again.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("draft", "1", "--book", "book"), "Chapter 1 is written: chapters/01.md."),
        (("draft", "9", "--book", "book"), "outline.md has no chapter 9."),
        (("revise", "3", "x", "--book", "book"), "Chapter 3 is not written."),
        (("revise", "1", " ", "--book", "book"), "It is not said what is to change."),
        (("revise", "1", "x", "--paragraphs", "x", "--book", "book"), "x names no paragraphs."),
        (("revise", "1", "x", "--paragraphs", "3,500", "--book", "book"), "Chapter 1 has 67 paragraphs."),
        (("facts", "2", "--book", "book"), "Chapter 2 is not written."),
        (("criticise", "", "--book", "book"), "It is not said what is wrong."),
        (("A premise", "--book", "book"), "book holds a book already."),
        (("A premise", "--book", "book/bible"), "book/bible is not empty."),
        (("A premise", "--book", "new", "--language", "tlh"), "The language tlh is not known."),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_spent(
    farside: Farside, book: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = write(farside, ("never asked",), *arguments)
    assert (done.code, done.out, farside.runs) == (2, "", [])
    assert said in done.err
    assert not (farside.folder / "new").exists()


def test_no_task_starts_on_a_folder_that_contradicts_itself(farside: Farside, book: Path) -> None:
    edited(book, "ledger.md", "- planted: 1\n- due: 2", "- planted: 4\n- due: 2")
    done = write(farside, ("never asked",), "draft", "2", "--book", str(book))
    assert (done.code, farside.runs) == (2, [])
    assert "The book contradicts itself. ledger.md:16: S3" in done.err or "outline.md:" in done.err
    assert f"farside write check --book {book}" in done.err


def test_a_refused_beginning_leaves_no_folder(farside: Farside) -> None:
    done = farside("write", "A premise", "--book", "new", "--model", "nobody/knows")
    assert done.code == 2
    assert not (farside.folder / "new").exists()


def test_the_model_may_ask_what_holds(farside: Farside, book: Path) -> None:
    model = farside.script(
        "asks", {"calls": [{"name": "check_book"}]}, *({"text": text} for text in replies.DRAFTING)
    )
    done = farside("write", "draft", "2", "--book", str(book), "--model", model, "--json")
    assert done.code == 0
    events = [json.loads(line) for line in done.out.splitlines()]
    assert any(event.get("text") == "Everything holds." for event in events)
