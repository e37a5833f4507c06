from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from farside.agent import events as ev
from farside.agent.actions import Hide
from farside.agent.context import POLICIES, relieve
from farside.agent.fold import apply, created
from farside.agent.folded import folded
from farside.agent.replay import Missed, kept, replay
from farside.messages import Message, ToolCall, Usage
from farside.models.base import Profile
from tests.agent.stories import begun

PROFILE = Profile("moonshot/kimi-k2-thinking", window=24_000, max_tokens=4_000, ids="kimi")
TOOLS = 1_000
"""Tokens of the tools, which stand in each prompt."""
CHARACTERS = 4
"""A token's, for this endpoint."""
NEEDED = "84713921"


def output(number: int) -> str:
    return f"part {number}\n" + (f"The code of this part is {NEEDED}.\n" if number == 2 else "") + "word " * 960


@cache
def recorded(policy: str, steps: int, answer: str = "Done.") -> tuple[tuple[ev.Event, ...], tuple[int, ...]]:
    """Return the journal of a run under a policy, and the tokens of its prompts as the endpoint counted them."""
    run = Recording(policy)
    for number in range(1, steps + 1):
        run.ask()
        call = ToolCall(f"c{number}", "look", f'{{"part": {number}}}')
        run.hear(Message("assistant", calls=(call,)), ev.CallFinished(call.id, "ok", output(number)))
    run.ask()
    run.hear(Message("assistant", answer))
    return tuple(run.journal), tuple(run.prompts)


class Recording:
    """A run that is being recorded, with the window of PROFILE."""

    def __init__(self, policy: str) -> None:
        first, _, briefed = begun()
        assert isinstance(first, ev.RunCreated)
        settings = replace(first.settings, context=policy)
        first = replace(first, settings=settings)
        self.state = created(first)
        self.journal: list[ev.Event] = [first]
        self.prompts: list[int] = []
        self.take(ev.Resumed(settings), briefed)

    def take(self, *events: ev.Event) -> None:
        for event in events:
            self.state = apply(self.state, event)
            self.journal.append(event)

    def ask(self) -> None:
        while act := relieve(self.state, PROFILE):
            if isinstance(act, Hide):
                self.take(ev.Hidden(act.call_ids))
            else:
                self.take(ev.Dropped(act.start, act.end, folded(self.state, act.digest)))
        self.prompts.append(TOOLS + self.state.chars // CHARACTERS)
        self.take(ev.Asked(self.prompts[-1], 4_000))

    def hear(self, reply: Message, *outcome: ev.Event) -> None:
        self.take(ev.Replied(reply, Usage(self.prompts[-1], 0, 50), 0.1, "calls" if outcome else "stop"), *outcome)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_run_through_its_own_policy_is_what_it_was(policy: str) -> None:
    journal, prompts = recorded(policy, 30)
    again = replay(journal, PROFILE, policy)
    assert again.usage.input == sum(prompts)
    assert again.longest == max(prompts)
    assert again.acts == sum(isinstance(event, ev.Hidden | ev.Dropped) for event in journal) > 0


@pytest.mark.parametrize("policy", POLICIES)
def test_from_any_recording_the_same_figures_come_out(policy: str) -> None:
    truth = replay(recorded(policy, 30)[0], PROFILE, policy).usage
    for other in POLICIES:
        assert replay(recorded(other, 30)[0], PROFILE, policy).usage.input == pytest.approx(truth.input, rel=0.01)


def test_with_all_kept_each_prompt_extends_the_one_before() -> None:
    journal, _ = recorded("keep-latest", 30)
    all_kept = kept(journal, PROFILE)
    assert all_kept.acts == 0
    assert all_kept.longest > PROFILE.window
    assert all_kept.usage.input - all_kept.usage.cached == pytest.approx(all_kept.longest, rel=0.01)


def test_an_act_costs_what_it_has_read_anew() -> None:
    journal, prompts = recorded("hide-all", 30)
    usage = replay(journal, PROFILE, "hide-all").usage
    fresh = sum(max(now - before, 0) for before, now in zip([0, *prompts], prompts, strict=False))
    assert usage.cached < usage.input - fresh


def test_what_a_policy_hides_before_it_is_used_is_told() -> None:
    journal, _ = recorded("hide-all", 30, f"The code is {NEEDED}.")
    hidden = replay(journal, PROFILE, "keep-latest")
    assert hidden.missed == (Missed(31, (NEEDED,), "c2", True),)
    assert (hidden.hidden, hidden.recallable, hidden.used) == (1, 1, 1)
    assert kept(journal, PROFILE).missed == ()


@pytest.mark.parametrize("policy", ["fold", "restart"])
def test_a_folded_step_is_within_recall(policy: str) -> None:
    journal, _ = recorded("hide-all", 120, f"The code is {NEEDED}.")
    assert [each.within_recall for each in replay(journal, PROFILE, policy).missed] == [True]


def test_what_is_recalled_is_shown_again() -> None:
    journal, _ = recorded("hide-all", 30)
    call = ToolCall("c31", "recall", '{"handle": "c2"}')
    more: list[ev.Event] = [
        ev.Replied(Message("assistant", calls=(call,)), Usage(9_000), 0.0, "calls"),
        ev.CallFinished("c31", "ok", output(2)),
        ev.Asked(9_000, 4_000),
        ev.Replied(Message("assistant", f"It is {NEEDED}."), Usage(9_000), 0.0, "stop"),
    ]
    assert replay([*journal[:-1], *more], PROFILE, "keep-latest").missed == ()


def test_a_guards_roll_back_stays_where_it_was() -> None:
    run = Recording("keep-latest")
    for number in range(1, 4):
        run.ask()
        call = ToolCall(f"c{number}", "look", "{}")
        run.hear(Message("assistant", calls=(call,)), ev.CallFinished(call.id, "ok", output(number)))
    run.take(ev.Dropped(5, 7, "Do not.", "guard"))
    run.ask()
    run.hear(Message("assistant", "Done."))
    assert run.prompts[-1] < run.prompts[-2] + 100
    assert kept(run.journal, PROFILE).usage.input == sum(run.prompts)


def test_an_endpoint_that_counts_nothing_is_estimated() -> None:
    journal, _ = recorded("keep-latest", 20)
    silent = [replace(event, usage=Usage()) if isinstance(event, ev.Replied) else event for event in journal]
    assert kept(silent, PROFILE).longest == pytest.approx(20 * 4_850 / 3.5, rel=0.05)
