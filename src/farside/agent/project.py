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
    messages = tuple(answered(shown(state)))
    if profile.tools == "code":
        messages, tools = code_dialect.spoken(messages), ()
    elif profile.ids == "kimi":
        messages = kimi_ids(messages)
    return Request(
        messages=(Message("system", state.system), *messages) if state.system else messages,
        tools=tools,
        max_tokens=max_tokens,
        temperature=profile.temperature,
        seed=state.settings.seed,
        cache_key=cache_key,
    )


def shown(state: RunState) -> Iterator[Message]:
    """Yield this attempt's messages: dropped ranges give way to their lesson, hidden outputs to a placeholder."""
    lessons = {start: lesson for start, end, lesson in state.dropped if not _inside(start, end, state)}
    gone = {index for start, end, _ in state.dropped for index in range(start, end)}
    for index in range(state.attempt_start, len(state.transcript)):
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
