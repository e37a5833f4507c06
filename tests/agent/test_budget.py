from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from farside.agent import events as ev
from farside.agent.budget import (
    Allowance,
    affords,
    allowance,
    chars_per_token,
    output_chars,
    prompt_tokens,
    refuse_unpriced,
    reply_room,
    seconds_left,
)
from farside.agent.events import Budget
from farside.agent.fold import fold
from farside.errors import FarsideError
from farside.messages import Message, Usage
from tests.agent.stories import PROFILE, SETTINGS, begun, state_after, step

PRICED = replace(PROFILE, price_input=1.0, price_cached=0.1, price_output=10.0)


def test_nothing_scarce_gives_the_full_room() -> None:
    state = state_after(begun())
    assert allowance(state, PROFILE) == Allowance(prompt_tokens(state), 8_000, False)


def test_a_small_token_budget_is_lowered_to_not_locked() -> None:
    given = allowance(state_after(begun(max_tokens=12_000)), PROFILE)
    assert given is not None
    assert not given.final
    assert 256 <= given.max_tokens < 4_000


@drawn(st.integers(15_000, 200_000), st.integers(0, 10_000))
def test_the_last_answer_is_always_asked_for_within_the_budget(tokens: int, seed: int) -> None:
    rng = random.Random(seed)
    events = begun(max_tokens=tokens)
    number = 0
    while (given := allowance(state := fold(events), PROFILE)) and not given.final:
        number += 1
        output = "x" * rng.randrange(output_chars(state, PROFILE))
        written = rng.randrange(1, given.max_tokens)
        events += step(
            number, output, arguments=["y" * int(3.5 * written)], usage=Usage(given.input_tokens, 0, written)
        )
    assert given is not None
    assert given.max_tokens >= 256
    assert state.usage.input + state.usage.output + given.input_tokens + given.max_tokens <= tokens


def test_no_budget_for_even_a_last_answer() -> None:
    assert allowance(state_after(begun(max_tokens=100)), PROFILE) is None
    assert allowance(state_after(begun(max_steps=1), step(1, "x")), PROFILE) is None


def test_money_limits_the_room_at_the_models_price() -> None:
    given = allowance(state_after(begun(max_usd=0.05)), PRICED)
    assert given is not None
    brought = PRICED.output_cap / 3.5
    assert given.max_tokens == pytest.approx((0.05e6 - 2 * given.input_tokens - brought - 20_480) / 11, abs=2)


def test_a_limit_on_thinking_leaves_room_for_the_answer() -> None:
    generous = replace(PROFILE, max_tokens=40_000)
    assert reply_room(state_after(begun(max_thinking=1_000)), generous) == 1_000 + 8_192


def test_tokens_are_estimated_from_the_last_true_usage() -> None:
    state = state_after(begun("x" * 9_000), step(1, "y" * 3_000, tokens=4_500))
    assert chars_per_token(state) == pytest.approx(2.0, abs=0.1)
    assert prompt_tokens(state) == pytest.approx(4_500 + 1_500, rel=0.02)


def test_a_usage_that_cannot_be_true_is_not_believed() -> None:
    assert chars_per_token(state_after(begun("x" * 9_000), step(1, "y", tokens=3))) == 3.5


def test_the_learned_window_is_believed_over_the_profile() -> None:
    given = allowance(state_after(begun(), ev.Learned(2_000)), PROFILE)
    assert given is not None
    assert given.max_tokens == 1_000


def test_money_is_not_limited_where_the_price_is_unknown() -> None:
    unpriced = replace(PROFILE, name="openai/some-model")
    with pytest.raises(FarsideError, match="not known") as caught:
        refuse_unpriced(replace(SETTINGS, budget=Budget(max_usd=0.01)), unpriced)
    assert '[profiles."openai/some-model"]' in caught.value.next_step
    refuse_unpriced(replace(SETTINGS, budget=Budget(max_tokens=1_000)), unpriced)
    refuse_unpriced(replace(SETTINGS, budget=Budget(max_usd=0.01)), replace(PRICED, name="openai/some-model"))
    refuse_unpriced(replace(SETTINGS, budget=Budget(max_usd=0.01)), PROFILE)


def test_minutes_that_are_short_limit_the_room_at_the_models_pace() -> None:
    replied = ev.Replied(Message("assistant", "x"), Usage(100, 0, 1_000), 0.0, "stop", seconds=50.0)
    given = allowance(state_after(begun(max_minutes=5), replied), PROFILE)
    assert given == Allowance(given.input_tokens if given else 0, int((300 - 50 - 2 * 50) / 0.05), False)
    given = allowance(state_after(begun(max_minutes=5), replied, step(1, "x", seconds=225.0)), PROFILE)
    assert given is not None and given.final
    assert given.max_tokens == (300 - 50 - 225) / 0.05
    assert allowance(state_after(begun(max_minutes=5), replied, step(1, "x", seconds=250.0)), PROFILE) is None


def test_while_there_is_time_a_slow_model_may_say_something_short() -> None:
    """A few words after a long prompt make a pace at which nothing would be affordable."""
    slow = ev.Replied(Message("assistant", "x"), Usage(900, 0, 10), 0.0, "stop", seconds=50.0)
    given = allowance(state_after(begun(max_minutes=5), slow), PROFILE)
    assert given is not None
    assert (given.max_tokens, given.final) == (256, False)


def test_before_the_first_reply_only_time_that_is_over_counts() -> None:
    given = allowance(state_after(begun(max_minutes=1)), PROFILE)
    assert given is not None and given.max_tokens == 8_000 and not given.final
    assert allowance(state_after(begun(max_minutes=0)), PROFILE) is None


def test_what_a_call_asks_the_model_takes_its_time_once() -> None:
    consulted = ev.Consulted("k", "yes", Usage(10, 0, 400), 0.0, seconds=16.0)
    began, finished = step(1, "x", seconds=40.0)[:2], step(1, "x", seconds=40.0)[2]
    first, second = (state_after(begun(max_minutes=1), began, *[consulted] * times) for times in (1, 2))
    assert (seconds_left(first), seconds_left(second)) == (44, 28)
    assert affords(first, PROFILE, Usage(10, 0, 700))
    assert not affords(second, PROFILE, Usage(10, 0, 700))
    assert seconds_left(state_after(begun(max_minutes=1), began, consulted, finished)) == 20
