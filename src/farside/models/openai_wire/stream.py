"""From the bytes of an event stream to a draft of the reply: a fold over its chunks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from farside.messages import Part
from farside.models.openai_wire.encode import ReasoningField

_SPOKEN: tuple[ReasoningField, ...] = ("reasoning_content", "reasoning", "thinking")


def events(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the data of each server-sent event, however the stream was cut into chunks.

    A chunk that ended no event (a comment to keep the connection open) is b"": nothing was said, but time passed.
    """
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from _data(lines) or [b""]
    yield from _data([rest])


def _data(lines: Iterable[bytes]) -> list[bytes]:
    return [data for line in lines if line.startswith(b"data:") and (data := line[5:].strip())]


@dataclass(slots=True)
class CallDraft:
    """A call whose arguments are still coming."""

    index: int
    id: str
    name: str = ""
    arguments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """What has come of a reply so far."""

    thinking: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    calls: list[CallDraft] = field(default_factory=list)
    details: list[dict[str, Any]] = field(default_factory=list)
    usage: object = None
    finish: str = ""
    """The peer's own finish_reason; "" as long as none came."""
    model: str = ""
    spoken: ReasoningField = "none"
    """The field in which thinking came."""

    def add(self, chunk: dict[str, Any]) -> Iterator[Part]:
        """Merge one chunk (`delta`, or `message` of a reply that is not streamed) and yield what is new in it."""
        self.model = chunk.get("model") or self.model
        self.usage = chunk.get("usage") or self.usage
        for choice in (chunk.get("choices") or ())[:1]:
            self.finish = choice.get("finish_reason") or self.finish
            self.usage = choice.get("usage") or self.usage  # Moonshot's place for it
            yield from self._delta(choice.get("delta") or choice.get("message") or {})

    def _delta(self, delta: dict[str, Any]) -> Iterator[Part]:
        for spoken in _SPOKEN:
            piece = delta.get(spoken)
            if piece and isinstance(piece, str):
                self.spoken = spoken
                self.thinking.append(piece)
                yield Part("thinking", piece)
                break  # some peers send the same piece under two names
        for item in delta.get("reasoning_details") or ():
            self._detail(item)
        if piece := _text(delta.get("content")):
            self.text.append(piece)
            yield Part("text", piece)
        for position, call in enumerate(delta.get("tool_calls") or ()):
            yield from self._call(position, call)

    def _call(self, position: int, delta: dict[str, Any]) -> Iterator[Part]:
        function = delta.get("function") or {}
        call = self._slot(delta.get("index"), position, delta.get("id") or "")
        if not call.name and function.get("name"):
            call.name = function["name"].removeprefix("functions.")  # a Kimi id where the name should be
            yield Part("call", call.name)
        arguments = function.get("arguments")
        if arguments:
            piece = arguments if isinstance(arguments, str) else json.dumps(arguments)
            call.arguments.append(piece)
            yield Part("call", piece)

    def _slot(self, index: int | None, position: int, call_id: str) -> CallDraft:
        """Find the call that a delta continues.

        Some peers number every call 0 or not at all: an id not seen at that index opens a new call.
        """
        place = position if index is None else index
        for call in reversed(self.calls):
            if call.index == place and call_id in ("", call.id):
                return call
        self.calls.append(CallDraft(place, call_id))
        return self.calls[-1]

    def _detail(self, item: dict[str, Any]) -> None:
        """Join pieces of one streamed reasoning item; encrypted items and others stay as they came."""
        for key in ("text", "summary"):
            last = self.details[-1] if self.details else {}
            same = all(last.get(name) == item.get(name) for name in ("type", "index"))
            if isinstance(item.get(key), str) and isinstance(last.get(key), str) and same:
                news = {name: value for name, value in item.items() if value is not None}
                self.details[-1] = last | news | {key: last[key] + item[key]}
                return
        self.details.append(item)


def _text(content: object) -> str:
    """Content is a string, or (some peers) a list of text parts."""
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
