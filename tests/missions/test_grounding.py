"""What a claim says is held against what was seen."""

import pytest

from farside.missions.grounding import agrees, unfounded

ANSWER = "The grand total is 1,204.50. Adler Foundry owes the most, 800.25."
GOAL = "Which of the 60 firms owes the most, and what is the grand total?"


@pytest.mark.parametrize(
    ("claim", "missing"),
    [
        ("It comes to 1204.50.", []),
        ("It comes to 1,204.5 in 3 parts.", []),
        ("It comes to 1204.51.", [1204.51]),
        ("Between 17 and 1204.50, about 999.", [17, 999]),
        ("No number at all.", []),
    ],
)
def test_numbers_have_to_stand_in_what_was_seen(claim: str, missing: list[float]) -> None:
    assert unfounded(claim, ["total 1 204.50", "sum: 1,204.50", "nothing"]) == missing


@pytest.mark.parametrize(
    "claim",
    [
        ANSWER,
        "Adler Foundry owes the most (800.25), and the grand total is 1204.50.",
        "All 60 together owe 1204.5; the most is owed by Adler Foundry: 800.25",
    ],
)
def test_the_same_in_other_words_agrees(claim: str) -> None:
    assert agrees(claim, ANSWER, GOAL)


@pytest.mark.parametrize(
    "claim",
    [
        "The grand total is 1,204.50.",
        "The grand total is 1,204.50. Gallo Press owes the most, 800.25.",
        "The grand total is 1,204.50. Adler Foundry owes the most, 800.25, before Gallo Press.",
        "The grand total is 1,304.50. Adler Foundry owes the most, 800.25.",
        "The grand total is 800.25. Adler Foundry owes the most, 1,204.50.",
        "The grand total is 1,204.50. Adler Foundry owes the most, 800.25, of 75 invoices.",
        "Everything is done.",
    ],
)
def test_less_more_or_something_else_does_not_agree(claim: str) -> None:
    assert not agrees(claim, ANSWER, GOAL)


def test_a_negative_number_has_to_stand_somewhere_too() -> None:
    assert unfounded("It was -15 that night.", ["-12 in the morning"]) == [-15.0]
