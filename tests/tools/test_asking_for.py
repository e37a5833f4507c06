"""Which goals are worked out from values of many files."""

import pytest

from farside.tools.asking_for import asks_for_values


@pytest.mark.parametrize(
    "goal",
    [
        "Each file in this folder is an invoice. What is the grand total, and which customer owes the most in all?",
        "Which recipe takes the longest, and how many minutes do all recipes take together?",
        "Add up all amounts and name the customer who owes most.",
        "Count the orders of each town.",
        "Which town has made the most of its rain?",
        "Welcher Kunde schuldet am meisten?",
        "Each file in this folder is an invoice. What is the grand total of all of them, and which customer owes the "
        "most in all?",
        "Could you tell me what all of it comes to?",
        "Each *.txt file is a report. Which station was the coldest?",
        "Can you just add up all amounts?",
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
        "Could you rename every file after its customer?",
        "Can you delete all duplicates?",
        "Can you quickly translate each of them?",
        "Extract the totals of all invoices into totals.csv",
        "Put the sum of all amounts into total.txt.",
        "Generate a report.md over all files",
        "Export all rows to a CSV.",
        "Give me all amounts as a JSON file.",
        "Show what each customer owes as a table.",
        "Kannst du alle Dateien umbenennen?",
        "L\u00f6sche alle doppelten, ja?",
        "Is there a bug in main.py?",
    ],
)
def test_deeds_and_reasons_are_not(goal: str) -> None:
    assert not asks_for_values(goal)
