"""A reply on the wire: the events of a stream, in the dialect of a peer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from farside.messages import Message

PIECE = 400
"""Characters of one streamed piece."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a peer speaks."""

    reasoning: str = "reasoning_content"
    """The field in which thinking is streamed."""
    usage: str = "top"
    """Where usage stands: `top` (a chunk of its own at the end), `choice` (Moonshot: in the last choice), `none`."""
    cached: str = "top"
    """Where cached tokens stand: `top`, or `details` (prompt_tokens_details)."""


def stream(reply: Message, usage: dict[str, Any], model: str, dialect: Dialect) -> list[bytes]:
    """Return the events of a reply, [DONE] included, one `data:` line each."""
    head = {"id": "chatcmpl-loopback", "object": "chat.completion.chunk", "created": 0, "model": model}
    finish = "tool_calls" if reply.calls else "stop"
    last: dict[str, Any] = {"index": 0, "delta": {}, "finish_reason": finish}
    if dialect.usage == "choice":
        last["usage"] = usage
    deltas = [*_deltas(reply, dialect)]
    chunks: list[dict[str, Any]] = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas
    ]
    chunks.append({**head, "choices": [last]})
    if dialect.usage == "top":
        chunks.append({**head, "choices": [], "usage": usage})
    return [*map(event, chunks), b"data: [DONE]\n\n"]


def event(chunk: dict[str, Any]) -> bytes:
    """Return one server-sent event."""
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


def whole(reply: Message, usage: dict[str, Any], model: str, dialect: Dialect) -> dict[str, Any]:
    """Return a reply as one object, for a peer that does not stream."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.text}
    if reply.thinking:
        message[dialect.reasoning] = reply.thinking
    if reply.calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in reply.calls
        ]
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if reply.calls else "stop"}
    head = {"id": "chatcmpl-loopback", "object": "chat.completion", "created": 0, "model": model}
    return {**head, "choices": [choice], "usage": usage}


def usage_of(prompt: int, cached: int, output: int, dialect: Dialect) -> dict[str, Any]:
    """Return a usage object with cached tokens where the dialect has them."""
    usage: dict[str, Any] = {"prompt_tokens": prompt, "completion_tokens": output, "total_tokens": prompt + output}
    if dialect.cached == "top":
        return {**usage, "cached_tokens": cached}
    return {**usage, "prompt_tokens_details": {"cached_tokens": cached}}


def _deltas(reply: Message, dialect: Dialect) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": ""}
    for piece in _pieces(reply.thinking):
        yield {dialect.reasoning: piece}
    for piece in _pieces(reply.text):
        yield {"content": piece}
    for index, call in enumerate(reply.calls):
        function = {"name": call.name, "arguments": ""}
        yield {"tool_calls": [{"index": index, "id": call.id, "type": "function", "function": function}]}
        for piece in _pieces(call.arguments):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]
