"""Which outputs agree, and what of them is backed."""

from __future__ import annotations

import pytest

from farside.tools.inside.survey.profile import decimals, profile
from farside.tools.inside.survey.said import Ear, Said, agree, backed


def said(*numbers: float, names: str = "A") -> Said:
    return Said(frozenset(numbers), frozenset(names.split()))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (said(1, 2), said(1, 2), True),
        (said(1, 2), said(1), True),
        (said(), said(), True),
        (said(1, names=""), said(1, names=""), True),
        (said(1, 2), said(), False),
        (said(names=""), said(names=""), False),
        (said(1, 2), said(1, 3), False),
        (said(1), said(1, names=""), False),
        (said(1), said(1, names="A B"), False),
    ],
)
def test_outputs_agree_that_name_the_same_and_share_numbers(one: Said, other: Said, expected: bool) -> None:
    assert (agree(one, other), agree(other, one)) == (expected, expected)


@pytest.mark.parametrize(
    ("outputs", "chosen"),
    [
        ([], None),
        ([said(1)], None),
        ([said(1, 2), said(3)], None),
        ([said(1, 2, 3), said(1, 2)], 1),
        ([said(1), said(1, 2), said(1, 2)], 1),
        ([said(1, 2, 3), said(1), said(1, 2)], 2),
    ],
)
def test_the_richest_that_another_backs_is_chosen(outputs: list[Said], chosen: int | None) -> None:
    assert next(iter(backed(outputs)), None) == chosen


def test_names_are_heard_at_the_bounds_of_words_and_files_are_none() -> None:
    hear = Ear([{"who": "Ann", "n": 1, "file": "0039.txt"}, {"who": "Ann Lee", "n": 2, "file": "0040.txt"}])
    assert hear("Annex, 0039.txt").names == frozenset()
    assert hear("(Ann Lee)").names == {"Ann", "Ann Lee"}
    assert hear("Ann: 7").names == {"Ann"}


def test_the_name_of_the_file_stands_last() -> None:
    rows: list[dict[str, str | float]] = [{"file": f"{n}.txt", "who": "Ann", "n": n + 0.25} for n in range(2)]
    assert profile(rows).splitlines() == [
        "- row['who']: text, 1 different ones, each in several rows, like 'Ann'",
        "- row['n']: a number, from 0.25 to 1.25; print sums of it with 2 decimals",
        "- row['file']: text, the name of the file",
    ]


def test_numbers_without_end_have_no_decimals() -> None:
    assert decimals([float("inf"), 1.25, float("nan"), 7]) == 2
