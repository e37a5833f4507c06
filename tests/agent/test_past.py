"""Where a step ends: what belongs to it, and what is decided or said anew after it."""

from __future__ import annotations

import pytest

from farside.agent import events as ev
from farside.agent.home import find_run, new_run
from farside.agent.journal import Entry, Journal
from farside.agent.past import cut, past
from farside.errors import FarsideError
from farside.messages import Message, ToolCall, Usage
from tests.agent.stories import SETTINGS, answer, begun, step

KEPT = ev.Snapshotted("aa", 1, 1)


def entries(*parts: list[ev.Event] | ev.Event) -> list[Entry]:
    flat = [event for part in parts for event in (part if isinstance(part, list) else [part])]
    return [Entry(number, 0.0, event) for number, event in enumerate(flat, start=1)]


def wrote(number: int, output: str = "done") -> list[ev.Event]:
    """Return a step that may have changed files."""
    reply, started, _ = step(number, output)
    return [ev.Asked(1, 1), reply, started, ev.CallFinished(f"c{number}", "ok", output, may_write=True)]


def length(story: list[Entry], number: int) -> int:
    return len(cut("r", story, number).entries)


def test_a_step_ends_with_its_snapshot() -> None:
    story = entries(begun(), KEPT, wrote(1), KEPT, ev.Noted("plan", "plan"), wrote(2), KEPT, ev.Asked(1, 1))
    assert [length(story, number) for number in range(3)] == [4, 9, 15]
    assert [cut("r", story, number).is_whole for number in range(3)] == [True] * 3


def test_a_plan_and_answers_beside_belong_to_the_step() -> None:
    plan = ev.PlanChanged('{"plan": [{"step": "a", "status": "done"}]}')
    story = entries(begun(), KEPT, step(1, "looked"), ev.Consulted("k", "t", Usage(), 0.0), plan, ev.Said("no", 1))
    found = cut("r", story, 1)
    assert (len(found.entries), found.state.plan.steps[0].step) == (9, "a")


def test_the_opening_belongs_to_step_0_and_words_of_the_user_do_not() -> None:
    opening = ev.Opened((ToolCall("c1", "survey", "{}"),))
    looked = ev.CallFinished("c1", "ok", "a folder", may_write=True)
    story = entries(begun(), opening, KEPT, ev.CallStarted("c1"), looked, KEPT, ev.Said("go", 1), wrote(2))
    assert length(story, 0) == 8


def test_an_interruption_between_the_calls_of_a_step_does_not_end_it() -> None:
    calls = (ToolCall("c1", "python", "{}"), ToolCall("c2", "python", "{}"))
    first: list[ev.Event] = [
        ev.Replied(Message("assistant", calls=calls), Usage(), 0.0, "calls"),
        ev.CallFinished("c1", "ok", "1"),
    ]
    stop: list[ev.Event] = [ev.Paused("stopped"), ev.Resumed(SETTINGS)]
    unkept = ev.CallFinished("c2", "unknown", "?", may_write=True)
    story = entries(begun(), KEPT, first, stop, unkept, stop, KEPT, stop)
    assert length(story, 1) == len(story) - 2
    assert not cut("r", story[:-3], 1).is_whole


def test_a_verdict_and_the_end_come_after_the_last_step() -> None:
    story = entries(begun(), KEPT, answer("42"), ev.Judged(True, "42"), ev.Ended("finished", "42"))
    found = cut("r", story, 1)
    assert (len(found.entries), found.state.status) == (5, "running")


def run_of(*parts: list[ev.Event] | ev.Event) -> str:
    folder = new_run()
    journal = Journal(folder.journal, create=True)
    journal.append(*(entry.event for entry in entries(*parts)))
    journal.close()
    return folder.id


OFF = ev.SnapshotsOff("the folder holds more than 50,000 files")


@pytest.mark.parametrize(
    ("events", "number", "told", "next_step"),
    [
        ([KEPT, *wrote(1), KEPT], 2, "has no step 2: it has 1", "farside show"),
        ([KEPT, *wrote(1)], 1, "Step 1 of run .* is not done yet", "farside resume"),
        ([OFF, *wrote(1)], 1, "are not kept: the folder holds more than 50,000 files", "/nowhere"),
        ([KEPT, *wrote(1), KEPT, *wrote(2), OFF, *wrote(3)], 3, "more than 50,000 files", "--at 1"),
        ([*wrote(1)[:-1], ev.CallFinished("c1", "ok", "old")], 1, "it had no snapshots then", "/nowhere"),
    ],
)
def test_a_step_that_cannot_be_had_is_explained(
    events: list[ev.Event], number: int, told: str, next_step: str
) -> None:
    folder = find_run(run_of(begun(), events))
    with pytest.raises(FarsideError, match=told) as refused:
        past(folder, number)
    assert next_step in refused.value.next_step


def test_the_last_step_that_is_done_is_the_default() -> None:
    assert past(find_run(run_of(begun(), KEPT, wrote(1), KEPT, wrote(2))), None).step == 1
    assert past(find_run(run_of(begun(), KEPT)), None).step == 0
