"""project(state, profile) -> Request: the one way out to a model. Pure.

Whatever the journal holds, the request is valid on the wire of that model family: every call is answered right
behind its message and only there, ids are in the family's form, nothing is empty that must not be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from farside.agent import code_dialect
from farside.agent.fold import is_users
from farside.agent.state import RunState
from farside.messages import Message, Request, ToolSpec
from farside.models.base import Profile
from farside.models.ids import kimi_ids

UNANSWERED = "No outcome of this call is known."


def project(
    state: RunState, profile: Profile, tools: tuple[ToolSpec, ...], max_tokens: int, cache_key: str = ""
) -> Request:
    """Return the request for the next reply."""
    return framed(state, conversation(state, profile), profile, tools, max_tokens, cache_key)


def conversation(
    state: RunState, profile: Profile, start: int | None = None, first_call: int = 0
) -> tuple[Message, ...]:
    """Return this attempt's messages as the profile's family speaks them.

    With `start`, only those from that index of the transcript on, where `first_call` calls came before.
    """
    messages = answered(shown(state, state.attempt_start if start is None else start))
    if profile.tools == "code":
        return code_dialect.spoken(messages)
    return kimi_ids(messages, first_call) if profile.ids == "kimi" else tuple(messages)


def framed(
    state: RunState,
    messages: tuple[Message, ...],
    profile: Profile,
    tools: tuple[ToolSpec, ...],
    max_tokens: int,
    cache_key: str,
) -> Request:
    """Return the request around a conversation."""
    return Request(
        messages=(Message("system", state.system), *messages) if state.system else messages,
        tools=() if profile.tools == "code" else tools,
        max_tokens=max_tokens,
        temperature=profile.temperature,
        seed=state.settings.seed,
        cache_key=cache_key,
    )


def shown(state: RunState, start: int) -> Iterator[Message]:
    """Yield messages from `start` on: dropped ranges give way to their lesson, hidden outputs to a placeholder."""
    lessons = {first: lesson for first, end, lesson in state.dropped if not _inside(first, end, state)}
    gone = {index for first, end, _ in state.dropped for index in range(first, end)}
    for index in range(start, len(state.transcript)):
        message = state.transcript[index]
        if lessons.get(index):
            yield Message("user", lessons[index], name="note:lesson")
        if index in gone and not is_users(message):
            continue
        yield placeholder(message) if message.call_id in state.hidden else message


def _inside(start: int, end: int, state: RunState) -> bool:
    """Tell whether a later drop covers this one, lesson included."""
    spans = [(first, last) for first, last, _ in state.dropped]
    later = spans[spans.index((start, end)) + 1 :]
    return any(first <= start and end <= last for first, last in later)


def placeholder(message: Message) -> Message:
    """Return what stands for a hidden output; the whole stays within reach of recall."""
    return replace(message, text=f'[output hidden to save room; recall("{message.call_id}") shows it]')


def answered(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield the messages with each call's outcome right behind the message that called, and nowhere else.

    A call without one gets UNANSWERED; an outcome without a call, and an assistant message that says and calls
    nothing, are left out.
    """
    ordered = list(messages)
    outcomes = {message.call_id: message for message in ordered if message.role == "tool"}
    for message in ordered:
        if message.role == "tool" or not (message.role != "assistant" or message.text or message.calls):
            continue
        yield message
        for call in message.calls:
            yield outcomes.get(call.id) or Message("tool", UNANSWERED, call_id=call.id, name=call.name)
