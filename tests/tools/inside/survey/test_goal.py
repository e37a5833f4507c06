"""Which goals are worked out from values of many files."""

import pytest

from farside.tools.inside.survey.goal import asks_for_values


@pytest.mark.parametrize(
    "goal",
    [
        "Each file in this folder is an invoice. What is the grand total, and which customer owes the most in all?",
        "Which recipe takes the longest, and how many minutes do all recipes take together?",
        "Add up all amounts and name the customer who owes most.",
        "Count the orders of each town.",
        "Which town has made the most of its rain?",
        "Welcher Kunde schuldet am meisten?",
    ],
)
def test_questions_about_values_are_known(goal: str) -> None:
    assert asks_for_values(goal)


@pytest.mark.parametrize(
    "goal",
    [
        "Write a program that prints the primes below 100.",
        "Compute the square root of 2 to 50 digits.",
        "Find out why the test fails and repair it.",
        "Translate all files to German.",
        "What is the total? Write it to total.txt.",
        "How do I run all the tests?",
        "Please summarise each letter.",
    ],
)
def test_deeds_and_reasons_are_not(goal: str) -> None:
    assert not asks_for_values(goal)
