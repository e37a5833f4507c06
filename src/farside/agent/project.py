"""project(state, profile) -> Request: the one way out to a model. Pure.

Whatever the journal holds, the request is valid on the wire of that model family: every call is answered right
behind its message and only there, ids are in the family's form, nothing is empty that must not be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from farside.agent import code_dialect
from farside.agent.shown import shown
from farside.agent.state import RunState
from farside.messages import Message, Request, ToolSpec
from farside.models.base import Profile
from farside.models.ids import kimi_ids

NAME = re.compile(r"[a-zA-Z_][\w-]{2,63}", re.ASCII)
"""Tool names that providers take (Moonshot's rule, the strictest)."""
UNKNOWN_TOOL = "unknown_tool"
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
    messages = map(named, answered(shown(state, state.attempt_start if start is None else start)))
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
        seed=None if state.settings.seed is None else state.settings.seed + state.attempt - 1,
        cache_key=cache_key,
    )


def named(message: Message) -> Message:
    """Return the message with tool names that the wire takes; what the model called otherwise is `unknown_tool`."""
    if message.role == "tool":
        return message if NAME.fullmatch(message.name) else replace(message, name=UNKNOWN_TOOL)
    if all(NAME.fullmatch(call.name) for call in message.calls):
        return message
    calls = (call if NAME.fullmatch(call.name) else replace(call, name=UNKNOWN_TOOL) for call in message.calls)
    return replace(message, calls=tuple(calls))


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
