"""Numbers as people write them."""

import pytest

from farside.tools.figures import amounts, numbers, stands


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$1,234.50 and 7", [1234.5, 7]),
        ("1.234,50", [1234.5]),
        ("1'234.5", [1234.5]),
        ("12,345", [12345]),
        ("3,5 km", [3.5]),
        ("1,234,567.", [1234567]),
        ("1.234.567", [1234567]),
        ("1,234,567.89", [1234567.89]),
        ("1.234.567,89", [1234567.89]),
        ("1.234", [1.234]),
        ("0,125", [0.125]),
        ("1234,567", [1234.567]),
        ("none", []),
    ],
)
def test_marks_part_thousands_and_decimals(text: str, expected: list[float]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2,3,5,7,11", [2, 3, 5, 7, 11]),
        ("S2,20.25", [2, 20.25]),
        ("7.5,3.25,11", [7.5, 3.25, 11]),
        ("14.03.2025", [14, 3, 2025]),
        ("1,,2", [1, 2]),
        ("1,234,56", [1, 234, 56]),
        ("1'23", [1, 23]),
    ],
)
def test_marks_between_numbers_do_not_glue_them(text: str, expected: list[float]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Amount: -45.50", [-45.5]),
        ("\u22123", [-3]),
        ("-$1,200.50 |-7|", [-1200.5, -7]),
        ("5,-3;-2", [5, -3, -2]),
        ("2025-01-06", [2025, 1, 6]),
        ("INV-17, (a)-5, 10-20, -----9", [17, 5, 10, 20, 9]),
        ("- 4", [4]),
    ],
)
def test_a_sign_stands_where_nothing_stands_before_it(text: str, expected: list[float]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize("written", ["(120.00)", "( $120.00 )", "120.00-"])
def test_what_an_account_means_as_negative_is_in_doubt(written: str) -> None:
    text = f"Owed {written} of 7"
    assert (amounts(text), numbers(text)) == ([None, 7], [120, 7])
    assert not stands(120, text) and not stands(-120, text) and stands(7, text)


def test_other_brackets_leave_no_doubt() -> None:
    assert amounts("a (3 x 12.50), f(4), (-5)") == [3, 12.5, 4, -5]


def test_a_value_stands_whatever_the_white_space() -> None:
    text = "Sold to  Adler\n  Foundry for 1,200.50, less -30"
    assert stands("Adler Foundry", text) and stands(1200.5, text) and stands(-30, text)
    assert not stands("Adler Bakery", text) and not stands(1200, text) and not stands(" ", text)
    assert not stands(-1200.5, text) and not stands(30, text)
