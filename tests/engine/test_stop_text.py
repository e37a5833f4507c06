"""What is said ends before the stop text, in however many pieces it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.engine.stop_text import StopText
from farside.k2.deltas import CallBegin, Content, Delta, Thinking, TurnEnd

FEW = st.text("ab", max_size=8)


def said(stop: StopText, deltas: list[Delta]) -> list[Delta]:
    return [piece for delta in deltas for piece in stop.feed([delta])]


@given(st.lists(FEW), st.text("ab", min_size=1, max_size=4))
def test_any_pieces_end_before_the_first_stop_text(pieces: list[str], text: str) -> None:
    stop = StopText(text)
    shown = said(stop, [*map(Content, pieces), TurnEnd("")])
    whole = "".join(pieces)
    assert "".join(each.text for each in shown if isinstance(each, Content)) == whole.partition(text)[0]
    assert stop.reached == (text in whole)


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [(["on", "e E", "N", "D two"], ["on", "e "]), (["EN", "ter"], ["ENter"]), (["x EN"], ["x ", "EN"])],
)
def test_only_what_may_begin_it_waits(pieces: list[str], shown: list[str]) -> None:
    deltas = said(StopText("END"), [*map(Content, pieces), TurnEnd("")])
    assert [each.text for each in deltas if isinstance(each, Content)] == shown


def test_without_a_stop_text_nothing_waits() -> None:
    stop = StopText("")
    assert said(stop, [Content("a"), Content("b")]) == [Content("a"), Content("b")]
    assert not stop.reached


def test_thinking_and_calls_pass_and_nothing_comes_behind_it() -> None:
    stop = StopText("END")
    before: list[Delta] = [Thinking("END?"), Content("a E"), CallBegin(0, "functions.f:0")]
    assert said(stop, before) == [Thinking("END?"), Content("a "), Content("E"), CallBegin(0, "functions.f:0")]
    assert said(stop, [Content("END"), CallBegin(1, "functions.f:1"), TurnEnd("")]) == []
    assert stop.reached
