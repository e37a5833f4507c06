"""Call ids as the Kimi family was trained on them: `functions.<name>:<idx>`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from farside.messages import Message


@dataclass(frozen=True, slots=True)
class _Renamed:
    """A conversation that was renamed, and where the next message takes up."""

    given: tuple[Message, ...] = ()
    renamed: tuple[Message, ...] = ()
    count: int = 0
    waiting: tuple[tuple[str, str], ...] = ()
    """(id that came in, new id) of the last turn's calls that have no answer yet."""


_KEPT = 8

_recent: tuple[_Renamed, ...] = ()
"""The last conversations: one that only grew costs the comparison and its new messages, not all of them again."""


def kimi_ids(messages: Iterable[Message], first: int = 0) -> tuple[Message, ...]:
    """Rename every call to `functions.<name>:<idx>`, idx from `first` over the conversation, and its answer alike.

    Ids that come in may be anything and may repeat; an answer belongs to the turn before it, and one without a call
    keeps its id. A message that needs no change is returned itself, and a conversation that only grew keeps the
    objects of its earlier part, so that what is keyed on identity downstream stays warm.
    """
    global _recent
    given = tuple(messages)
    known = next((each for each in _recent if given[: len(each.given)] == each.given), _Renamed())
    extended = _extended(known, given)
    _recent = (extended, *(each for each in _recent if each is not known))[:_KEPT]
    return extended.renamed


def _extended(known: _Renamed, given: tuple[Message, ...]) -> _Renamed:
    renamed, waiting, count = list(known.renamed), list(known.waiting), known.count
    for message in given[len(known.given) :]:
        if message.calls:
            changed = _calling(message, count)
            waiting = [(old.id, new.id) for old, new in zip(message.calls, changed.calls, strict=True)]
            count += len(waiting)
        else:
            changed = _answering(message, waiting)
        renamed.append(changed)
    return _Renamed(given, tuple(renamed), count, tuple(waiting))


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
