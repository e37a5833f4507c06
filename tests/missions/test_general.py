"""The general mission's verifier: what it accepts of a small model, and what of any other."""

from __future__ import annotations

from dataclasses import replace

from farside.agent import events as ev
from farside.agent.mission import Accept, Reject, TryAgain, Verdict
from farside.agent.state import RunState
from farside.messages import ToolCall
from farside.missions.general import General
from farside.models.base import Profile
from tests.agent.stories import answer, begun, state_after, step

SMALL = Profile("scripted/x", window=16_000, tools="code", attempts=2)
LARGE = replace(SMALL, tools="native", attempts=1)
WORKED_OUT = "rows ...\n\nAnswer: The total is 1,204.50. Adler Foundry owes the most, 800.25."
RIGHT = "Adler Foundry owes the most, 800.25, and the total is 1204.50."
WRONG = "Gallo Press owes the most."


def opened(output: str) -> list[ev.Event]:
    return [
        *begun(),
        ev.Opened((ToolCall("c1", "survey", '{"goal": "the goal"}'),)),
        ev.CallStarted("c1"),
        ev.CallFinished("c1", "ok", output),
    ]


def rejected(claim: str) -> list[ev.Event]:
    return [answer(claim), ev.Judged(False, claim, "no: 1,999"), ev.Noted("no: 1,999", "verdict")]


def verdict(state: RunState, profile: Profile = SMALL) -> Verdict:
    return General().verify(state, profile)


def test_a_small_model_opens_with_a_survey_and_a_large_one_does_not() -> None:
    (call,) = General().opening(state_after(*begun()), SMALL)
    assert (call.name, '"goal": "the goal"' in call.arguments) == ("survey", True)
    assert General().opening(state_after(*begun()), LARGE) == ()


def test_what_agrees_with_the_survey_is_accepted_in_the_models_words() -> None:
    assert verdict(state_after(opened(WORKED_OUT), answer(RIGHT))) == Accept(RIGHT)


def test_what_does_not_is_answered_with_the_survey_once_and_then_gives_way_to_it() -> None:
    first = verdict(state_after(opened(WORKED_OUT), answer(WRONG)))
    assert isinstance(first, Reject) and "Adler Foundry owes the most, 800.25." in first.reason
    told = [answer(WRONG), ev.Judged(False, WRONG, first.reason), ev.Noted(first.reason, "verdict")]
    again = state_after(opened(WORKED_OUT), told, step(5, "a new output"), answer(WRONG))
    assert verdict(again) == Accept("The total is 1,204.50. Adler Foundry owes the most, 800.25.")


def test_once_the_user_has_spoken_the_survey_is_only_an_output() -> None:
    said: list[ev.Event] = [ev.Ended("finished", RIGHT), ev.Said("And who owes the second most?", 1)]
    claim = "Gallo Press owes the second most."
    assert verdict(state_after(opened(WORKED_OUT), answer(RIGHT), said, answer(claim))) == Accept(claim)


def test_a_number_that_no_output_shows_is_rejected_and_named() -> None:
    state = state_after(opened("two files"), step(2, "sum: 1,204.50"), answer("It is 1,999 or 1204.5."))
    ruling = verdict(state)
    assert isinstance(ruling, Reject) and ruling.reason.startswith(
        "These numbers of your answer stand in no output: 1,999."
    )
    assert verdict(state, LARGE) == Accept("It is 1,999 or 1204.5.")


def test_what_farside_said_and_what_a_traceback_quotes_is_no_evidence() -> None:
    failed = "12.5\nTraceback (most recent call last):\n  total = 1999"
    state = state_after(opened("two files"), step(2, failed, ok=False), rejected("1999"), answer("It is 1999."))
    assert isinstance(verdict(state), TryAgain)
    assert verdict(state_after(opened("two files"), step(2, failed), answer("It is 12.5."))) == Accept("It is 12.5.")


def test_after_the_last_attempt_it_stays_rejected() -> None:
    last = [ev.Attempted(2), *rejected("1999"), answer("It is 1999.")]
    assert isinstance(verdict(state_after(opened("two files"), rejected("1999"), last)), Reject)


TALK = "You would write a script that reads each file, and add the amounts up."
ASKING = "What do all the files come to?"


def asking(goal: str) -> RunState:
    return replace(state_after(opened("The folder holds 2 text files."), answer(TALK)), goal=goal)


def test_talk_is_no_answer_where_values_are_asked_for_and_no_block_has_run() -> None:
    told = verdict(asking(ASKING))
    assert isinstance(told, Reject) and "No block has run yet" in told.reason
    assert verdict(asking("Explain what the files are for.")) == Accept(TALK)
    assert verdict(asking(ASKING), LARGE) == Accept(TALK)


def test_who_was_told_so_or_has_run_a_block_is_taken_at_his_word() -> None:
    begun_with = opened("The folder holds 2 text files.")
    for before in (rejected(TALK), step(5, "a new output")):
        state = replace(state_after(begun_with, before, answer(TALK)), goal=ASKING)
        assert verdict(state) == Accept(TALK)


PART = WORKED_OUT.replace("Answer:", "Left out: 3 of 60 files, which hold no amount.\nAnswer:")


def test_what_the_survey_left_out_is_said_with_the_answer() -> None:
    tail = "Left out: 3 of 60 files, which hold no amount."
    assert verdict(state_after(opened(PART), answer(RIGHT))) == Accept(f"{RIGHT}\n{tail}")
    assert verdict(state_after(opened(PART), answer(f"{RIGHT} {tail}"))) == Accept(f"{RIGHT} {tail}")
    assert isinstance(verdict(state_after(opened(PART), answer(f"{RIGHT} 4 of 70 files are left out."))), Reject)


def test_the_numbers_of_a_list_of_advice_are_no_values() -> None:
    advice = "To find it you would need to:\n1. Open each file.\n2. Add the amounts up."
    state = replace(state_after(opened("The folder holds 2 text files."), answer(advice)), goal=ASKING)
    assert isinstance(verdict(state), Reject)
