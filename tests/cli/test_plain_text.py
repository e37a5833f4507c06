"""Numbers and text as a terminal can show them."""

import pytest

from farside.cli.figures import count, dollars, duration, percent, tokens
from farside.cli.plain_text import fitted, head, one_line, safe


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b", "alinkb"),
        ("\x1b[2J\x1b[Hgone", "gone"),
        ("cut \x1b[", "cut "),
        ("over\rwritten", "over\nwritten"),
        ("bell\x07 back\x08", "bell back"),
        ("\u202eright to left", "right to left"),
        ("\x9b2Jc1", "2Jc1"),
        ("half \ud83d", "half "),
        ("a\tb", "a   b"),
    ],
)
def test_nothing_that_steers_a_terminal_gets_through(text: str, expected: str) -> None:
    assert safe(text) == expected


def test_text_is_fitted_to_its_head_or_tail() -> None:
    text = "one two three four five six seven"
    assert fitted(text, 14, 9) == ["one two three", "four five six", "seven"]
    assert fitted(text, 14, 2) == ["one two three", "four five six…"]
    assert fitted(text, 14, 2, "tail") == ["…four five six", "seven"]
    assert fitted("", 14, 2) == []


def test_a_head_says_how_much_is_left_out() -> None:
    assert head("a\n\nb\nc\n", 20, 1) == ["a (+2 lines)"]
    assert head("a\nb\n", 20, 2) == ["a", "b"]
    assert one_line(" a\n  b ") == "a b"


def test_numbers_are_short() -> None:
    assert [tokens(n) for n in (0, 999, 1_000, 12_345, 99_960, 262_144, 999_600)] == [
        *("0", "999", "1.0k", "12.3k", "100k", "262k", "1.0M"),
    ]
    assert [duration(s) for s in (0, 3, 3.21, 9.97, 59.6, 192, 7_500, 90_000)] == [
        *("0 s", "3 s", "3.2 s", "10 s", "1 min 0 s", "3 min 12 s", "2 h 5 min", "1 d 1 h"),
    ]
    assert [dollars(x) for x in (0, 0.00042, 0.12, 12.5, 1_234.5)] == [
        "$0.00",
        "$0.0004",
        "$0.12",
        "$12.50",
        "$1,234",
    ]
    assert [count(1, "step"), count(2, "step"), percent(1, 0), percent(1, 3)] == ["1 step", "2 steps", "0%", "33%"]
