"""Numbers as people write them."""

import pytest

from farside.tools.figures import numbers, stands


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$1,234.50 and 7", [1234.5, 7]),
        ("1.234,50", [1234.5]),
        ("1'234.5", [1234.5]),
        ("12,345", [12345]),
        ("3,5 km", [3.5]),
        ("1,234,567.", [1234567]),
        ("none", []),
    ],
)
def test_marks_part_thousands_and_decimals(text: str, expected: list[float]) -> None:
    assert numbers(text) == expected


def test_a_value_stands_whatever_the_white_space_and_the_sign() -> None:
    text = "Sold to  Adler\n  Foundry for 1,200.50"
    assert stands("Adler Foundry", text) and stands(-1200.5, text)
    assert not stands("Adler Bakery", text) and not stands(1200, text) and not stands(" ", text)
