from __future__ import annotations

from farside.agent.cap import capped


def test_short_outputs_are_left_alone() -> None:
    assert capped("abc", 3, "c1") == "abc"


def test_long_outputs_show_head_and_tail_and_how_to_get_the_rest() -> None:
    text = "".join(f"line {number}\n" for number in range(1_000))
    shown = capped(text, 300, "c7")
    assert shown.startswith("line 0\n")
    assert shown.endswith("line 999\n")
    assert 'recall("c7")' in shown
    assert f"{len(text) - 300} of {len(text)} characters" in shown
