from __future__ import annotations

import json
import re

from hypothesis import given

from farside.agent import events as ev
from farside.agent.fold import fold
from farside.agent.project import NAME, project
from farside.agent.projector import Projector
from farside.messages import Message, Request, ToolCall, ToolSpec, Usage
from farside.models.base import Profile
from tests.agent.journals import SETTINGS, journals

KIMI = Profile("moonshot/kimi-k2-thinking", 262_144, ids="kimi", reasoning="reasoning_content")
OTHER = Profile("openai/other", 128_000)
CODE = Profile("local/small", 16_000, tools="code")
TOOLS = (ToolSpec("python", "run", "{}"),)


def projected(events: list[ev.Event], profile: Profile) -> Request:
    return project(fold(events), profile, TOOLS, 1_000)


def assert_calls_are_answered_in_place(messages: tuple[Message, ...]) -> None:
    waiting: list[str] = []
    for message in messages:
        if message.role == "tool":
            assert message.call_id == waiting.pop(0)
        else:
            assert not waiting
            waiting = [call.id for call in message.calls]
    assert not waiting


@given(journals())
def test_whatever_the_journal_holds_each_call_is_answered_right_behind_it(events: list[ev.Event]) -> None:
    for profile in (KIMI, OTHER):
        assert_calls_are_answered_in_place(projected(events, profile).messages)


@given(journals())
def test_tool_names_are_what_every_peer_takes(events: list[ev.Event]) -> None:
    for message in projected(events, KIMI).messages:
        assert all(NAME.fullmatch(call.name) for call in message.calls)
        assert message.role != "tool" or NAME.fullmatch(message.name)


@given(journals())
def test_kimi_ids_count_over_the_whole_conversation(events: list[ev.Event]) -> None:
    calls = [call for message in projected(events, KIMI).messages for call in message.calls]
    assert [call.id for call in calls] == [f"functions.{call.name}:{number}" for number, call in enumerate(calls)]


@given(journals())
def test_no_assistant_message_is_empty_and_all_roles_are_known(events: list[ev.Event]) -> None:
    for message in projected(events, KIMI).messages:
        assert message.role in ("system", "user", "assistant", "tool")
        assert message.role != "assistant" or message.text or message.calls


@given(journals())
def test_the_code_dialect_speaks_without_calls_and_tools(events: list[ev.Event]) -> None:
    request = projected(events, CODE)
    assert request.tools == ()
    assert all(message.role != "tool" and not message.calls for message in request.messages)


@given(journals())
def test_projecting_twice_gives_the_same_bytes(events: list[ev.Event]) -> None:
    assert projected(events, KIMI) == projected(events, KIMI)


@given(journals())
def test_the_projector_gives_what_project_gives_at_every_step(events: list[ev.Event]) -> None:
    projector = Projector()
    for count in range(1, len(events) + 1):
        state = fold(events[:count])
        for profile in (KIMI, KIMI, OTHER, CODE)[count % 4 :][:2]:
            assert projector.project(state, profile, TOOLS, 9) == project(state, profile, TOOLS, 9)


def story() -> list[ev.Event]:
    call = ToolCall("c1", "python", json.dumps({"code": "print(1)"}))
    return [
        ev.RunCreated("find it", SETTINGS),
        ev.Briefed("be good", "native"),
        ev.Replied(Message("assistant", "look", "hm", (call,)), Usage(10), 0.0, "calls"),
        ev.CallFinished("c1", "ok", "1"),
    ]


def test_thinking_stays_with_its_message_and_ids_are_the_familys() -> None:
    assert projected(story(), KIMI).messages == (
        Message("system", "be good"),
        Message("user", "find it"),
        Message("assistant", "look", "hm", (ToolCall("functions.python:0", "python", '{"code": "print(1)"}'),)),
        Message("tool", "1", call_id="functions.python:0", name="python"),
    )


def test_the_same_journal_in_the_code_dialect() -> None:
    assert projected(story(), CODE).messages[2:] == (
        Message("assistant", "look\n```python\nprint(1)\n```"),
        Message("user", "Output:\n1"),
    )


def test_an_unanswered_call_gets_an_answer_even_when_the_user_spoke_behind_it() -> None:
    events = [*story()[:3], ev.Resumed(SETTINGS), ev.Noted("back", "session")]
    roles = [message.role for message in projected(events, KIMI).messages]
    assert roles == ["system", "user", "assistant", "tool", "user"]


def test_hidden_outputs_leave_a_handle_and_dropped_steps_a_lesson() -> None:
    hidden = projected([*story(), ev.Hidden(("c1",))], KIMI).messages[-1]
    assert re.search(r'recall\("c1"\)', hidden.text)
    dropped = projected([*story(), ev.Said("go on", 1), ev.Dropped(1, 4, "it looped")], KIMI)
    assert [message.text for message in dropped.messages] == ["be good", "find it", "it looped", "go on"]


def test_a_later_drop_that_covers_an_earlier_one_replaces_its_lesson() -> None:
    events = [*story(), ev.Dropped(2, 3, "first"), ev.Dropped(1, 3, "second")]
    assert [message.text for message in projected(events, KIMI).messages] == ["be good", "find it", "second"]


def test_the_prefix_only_grows_while_no_policy_acts() -> None:
    events = story()
    before = projected(events, KIMI).messages
    call = ToolCall("c2", "shell", "{}")
    more: list[ev.Event] = [
        ev.Noted("plan", "plan"),
        ev.Replied(Message("assistant", calls=(call,)), Usage(10), 0.0, "calls"),
        ev.CallFinished("c2", "error", "no"),
    ]
    assert projected([*events, *more], KIMI).messages[: len(before)] == before
