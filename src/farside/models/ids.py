"""Call ids as the Kimi family was trained on them: `functions.<name>:<idx>`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from farside.messages import Message

_MEMO_LIMIT = 4096

_memo: dict[tuple[int, str], tuple[Message, Message]] = {}
"""(id of a message, its first new call id) -> that message and the renamed one.

Holding the message keeps its id from being used again.
"""


def kimi_ids(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Rename every call to `functions.<name>:<idx>`, idx from 0 over the whole conversation, and its answer alike.

    Ids that come in may be anything and may repeat from turn to turn; an answer belongs to the turn before it. A
    message that needs no change is returned itself, and the same message at the same place always gives the same
    object, so that what is keyed on identity downstream stays warm. An answer without a call keeps its id.
    """
    renamed: list[Message] = []
    open_calls: dict[str, list[str]] = {}
    count = 0
    for message in messages:
        if message.calls:
            new_ids = [f"functions.{call.name}:{count + i}" for i, call in enumerate(message.calls)]
            count += len(new_ids)
            open_calls = {}
            for call, new_id in zip(message.calls, new_ids, strict=True):
                open_calls.setdefault(call.id, []).append(new_id)
            renamed.append(_once(message, new_ids))
        elif message.role == "tool" and open_calls.get(message.call_id):
            renamed.append(_once(message, [open_calls[message.call_id].pop(0)]))
        else:
            renamed.append(message)
    return tuple(renamed)


def _once(message: Message, new_ids: list[str]) -> Message:
    key = (id(message), new_ids[0])
    known = _memo.get(key)
    if known is not None:
        return known[1]
    if len(_memo) >= _MEMO_LIMIT:
        _memo.clear()
    changed = _with_ids(message, new_ids)
    _memo[key] = (message, changed)
    return changed


def _with_ids(message: Message, new_ids: list[str]) -> Message:
    if not message.calls:
        return message if message.call_id == new_ids[0] else replace(message, call_id=new_ids[0])
    if [call.id for call in message.calls] == new_ids:
        return message
    calls = tuple(replace(call, id=new_id) for call, new_id in zip(message.calls, new_ids, strict=True))
    return replace(message, calls=calls)
