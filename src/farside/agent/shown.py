"""What of the transcript is sent: this attempt's messages, less what was dropped or hidden. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from farside.agent.state import RunState
from farside.messages import Message

NOTE = "note:"
"""Prefix of Message.name of a message that farside wrote; the rest says why."""
MESSAGE_OVERHEAD = 16
"""Characters that a message costs beside its text: role, ids, separators."""


def shown(state: RunState, start: int) -> Iterator[Message]:
    """Yield messages from `start` on: dropped ranges give way to their lesson, hidden outputs to a placeholder.

    What the user said is never dropped.
    """
    spans = [(first, end, lesson) for first, end, lesson in state.dropped if first < end]
    lessons = {first: lesson for first, end, lesson in spans if not _covered(first, end, state)}
    gone = {index for first, end, _ in state.dropped for index in range(first, end)}
    for index in range(start, len(state.transcript)):
        message = state.transcript[index]
        if lessons.get(index):
            yield Message("user", lessons[index], name=NOTE + "lesson")
        if index in gone and not is_users(message):
            continue
        yield placeholder(message) if message.call_id in state.hidden else message


def live(state: RunState) -> list[int]:
    """Return the indices of this attempt's transcript that are sent, in whatever form."""
    gone = {index for start, end, _ in state.dropped for index in range(start, end)}
    return [
        index
        for index in range(state.attempt_start, len(state.transcript))
        if index not in gone or is_users(state.transcript[index])
    ]


def shown_chars(state: RunState) -> int:
    """Return how many characters a projection of the state sends, system prompt included."""
    return len(state.system) + sum(map(weight, shown(state, state.attempt_start)))


def weight(message: Message) -> int:
    """Return how many characters a message counts for in the context."""
    called = sum(len(call.name) + len(call.arguments) + MESSAGE_OVERHEAD for call in message.calls)
    return len(message.text) + len(message.thinking) + called + MESSAGE_OVERHEAD


def placeholder(message: Message) -> Message:
    """Return what stands for a hidden output; the whole stays within reach of recall."""
    return replace(message, text=f'[output hidden to save room; recall("{message.call_id}") shows it]')


def is_users(message: Message) -> bool:
    """Tell whether the user wrote it, not farside."""
    return message.role == "user" and not message.name


def _covered(start: int, end: int, state: RunState) -> bool:
    """Tell whether a later drop covers this one, lesson included."""
    spans = [(first, last) for first, last, _ in state.dropped]
    later = spans[spans.index((start, end)) + 1 :]
    return any(first <= start and end <= last for first, last in later)
