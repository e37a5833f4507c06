"""Measures of prose and edits of it."""

from __future__ import annotations

import random
import time
from itertools import permutations

import pytest

from farside.missions.story.book.book import Language
from farside.missions.story.book.chapter import Chapter
from farside.missions.story.text.edits import CannotEdit, Edit, applied, changed, read_edits, shown, touched
from farside.missions.story.text.repetition import Repeated, distinct, openings, overused, repeated, variety
from farside.missions.story.text.scores import scored
from farside.missions.story.text.slop import slop
from farside.missions.story.text.words import count, sentences, tokens

SLOP = {
    "en": "A shiver ran down her spine. It was not fear but something akin to hope. Something shifted in them.\n\n"
    "She let out a breath she didn't know of, as if the world had stopped.",
    "zh": "空气仿佛凝固了。他深吸一口气，眼中闪过一丝悲伤。那不是恐惧，而是一种难以言喻的温柔。",
}
NAMES = {
    "en": {
        "spine",
        "something akin to",
        "not X but Y",
        "something shifted",
        "let out a breath",
        "as if + abstraction",
    },
    "zh": {"空气仿佛", "深吸一口气", "闪过一丝", "不是……而是……", "难以言喻"},
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_generated_prose_overuses_is_found_with_its_line(language: Language) -> None:
    hits = slop(Chapter(1, "c.md", f"# T\n\n{SLOP[language]}\n"), language)
    assert {hit.name for hit in hits} >= NAMES[language]
    assert {hit.line for hit in hits} == ({3, 5} if language == "en" else {3})


def test_words_are_counted_in_both_languages() -> None:
    assert tokens("Don’t stop, Ines: 5.50!") == ["don't", "stop", "ines", "5.50"]
    assert tokens("铃里没有 tongue") == ["铃", "里", "没", "有", "tongue"]
    assert count("他说：“到了。”") == 4
    assert sentences("“有，”他说，“说是到了。”海生没看。") == ["“有，”他说，“说是到了。”", "海生没看。"]


def test_repetition_is_what_its_sources_say() -> None:
    assert repeated(list("ababab"), 2) == pytest.approx(1 - 2 / 5)
    assert (repeated(list("abcd"), 2), repeated([], 4), distinct(["a", "a"], 1)) == (0.0, 0.0, 0.5)
    words = [random.Random(7).choice("abcdefghij") for _ in range(500)]
    windows = [words[at : at + 100] for at in range(401)]
    assert variety(words) == pytest.approx(sum(len(set(each)) / 100 for each in windows) / 401)


def test_a_phrase_that_comes_again_is_named_once_and_whole() -> None:
    text = [
        "She looked at the old tide board. He looked at the old tide board.",
        "They looked at the old tide board too.",
    ]
    assert overused(text, "en") == [Repeated("looked at the old tide board", 3)]
    assert overused(["她看着海面上的灯。他看着海面上的灯。", "谁看着海面上的灯？"], "zh") == [
        Repeated("看着海面上的灯", 3)
    ]
    assert openings(["It was late. " * 6], "en") == [Repeated("it was", 6)]


def test_a_text_that_repeats_itself_scores_worse() -> None:
    fresh = scored(Chapter(1, "", "# T\n\n" + " ".join(map("".join, permutations("abcdef", 3)))), "en")
    stale = scored(Chapter(1, "", "# T\n\n" + "the same old words again and again here. " * 50), "en")
    assert fresh.repeated < 0.01 < 0.9 < stale.repeated
    assert fresh.variety > 0.8 > 0.1 > stale.variety
    assert (fresh.run, stale.run) == (1, 50)


TEXT = "# T\n\nThe sea was calm\nand grey.\n\n* * *\n\nNobody spoke of it. Nobody.\n\nThe end.\n"
REPLY = "Here:\n<<<<\ncalm and\n====\ncalm, and\n>>>>\n\n<<<<<< second\nThe end.\n======\nThe sea was calm.\n>>>>>>"


def test_edits_change_what_they_name_and_nothing_else() -> None:
    edits = read_edits(REPLY)
    assert edits == [Edit("calm and", "calm, and"), Edit("The end.", "The sea was calm.")]
    after = applied(TEXT, edits)
    assert after == TEXT.replace("calm\nand", "calm, and").replace("The end.", "The sea was calm.")
    before, now = Chapter(1, "c", TEXT), Chapter(1, "c", after)
    assert touched(before, now) == [1, 3]
    assert changed(before.prose, now.prose) == 4 - 1
    assert "¶3  The [-end-]{+sea was calm+}." in shown(before, now)


@pytest.mark.parametrize(
    ("edits", "kind"),
    [
        ([Edit("The moon", "x")], "nowhere"),
        ([Edit("Nobody", "x")], "twice"),
        ([Edit("", "x")], "nowhere"),
        ([Edit("calm and", "x"), Edit("and grey", "y")], "overlap"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(edits: list[Edit], kind: str) -> None:
    with pytest.raises(CannotEdit) as refused:
        applied(TEXT, edits)
    assert refused.value.kind == kind


def test_a_paragraph_that_goes_or_comes_is_counted_to_its_place() -> None:
    before = Chapter(1, "c", "# T\n\nOne.\n\nTwo.\n\nThree.\n")
    assert touched(before, Chapter(1, "c", "# T\n\nOne.\n\nThree.\n")) == [2]
    assert touched(before, Chapter(1, "c", "# T\n\nOne.\n\nTwo.\n\nNew.\n\nThree.\n")) == [2]
    assert "[-Two.-]" in shown(before, Chapter(1, "c", "# T\n\nOne.\n\nThree.\n"))


def test_a_long_chapter_that_repeats_itself_is_measured_and_revised_at_once() -> None:
    """40,000 words, of which all stand eight times: compared phrase by phrase they took minutes."""
    chosen = random.Random(3)
    words = ["".join(chosen.choices("abcdefgh", k=4)) for _ in range(900)]
    part = "\n\n".join(f"{' '.join(chosen.choices(words, k=50))}." for _ in range(100))
    text = "\n\n".join([part] * 8)
    began = time.process_time()
    assert scored(Chapter(1, "c", f"# T\n\n{text}"), "en").repeated > 0.8
    assert changed(text, text.replace(part[:19], "one two", 1)) == 4
    assert time.process_time() - began < 20
