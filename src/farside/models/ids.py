"""Call ids as the Kimi family was trained on them: `functions.<name>:<idx>`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from farside.messages import Message


def kimi_ids(messages: Iterable[Message], first: int = 0) -> tuple[Message, ...]:
    """Rename every call to `functions.<name>:<idx>`, idx from `first` over the conversation, and its answer alike.

    Ids that come in may be anything and may repeat; an answer belongs to the turn before it, and one without a call
    keeps its id. A message that needs no change is returned itself. O(messages): who asks with a growing
    conversation again and again remembers the earlier part and goes on from its count (agent.projector does).
    """
    renamed: list[Message] = []
    waiting: list[tuple[str, str]] = []
    for message in messages:
        if message.calls:
            changed = _calling(message, first)
            waiting = [(old.id, new.id) for old, new in zip(message.calls, changed.calls, strict=True)]
            first += len(waiting)
        else:
            changed = _answering(message, waiting)
        renamed.append(changed)
    return tuple(renamed)


def _calling(message: Message, first: int) -> Message:
    calls = tuple(
        replace(call, id=f"functions.{call.name}:{index}") for index, call in enumerate(message.calls, start=first)
    )
    return message if calls == message.calls else replace(message, calls=calls)


def _answering(message: Message, waiting: list[tuple[str, str]]) -> Message:
    for pair in waiting:
        if pair[0] == message.call_id and message.role == "tool":
            waiting.remove(pair)
            return message if pair[0] == pair[1] else replace(message, call_id=pair[1])
    return message
