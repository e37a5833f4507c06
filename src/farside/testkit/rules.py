"""What a strict peer rejects, with its own words: the rules by which requests are judged."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

BYTES_PER_TOKEN = 4
"""The loopback peer's tokenizer: bytes of the body's JSON over four."""

_TOOL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9-_]{2,63}")
_MAX_TOOLS = 128

Rules = Callable[[Mapping[str, Any]], Iterator[str]]
"""Yields one sentence for each violation."""


def plain(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield what every peer rejects: calls without answers, answers without calls."""
    yield from _pairing(body["messages"])


def moonshot(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield what Moonshot rejects for a thinking model, and ids that the Kimi family was not trained on."""
    messages = body["messages"]
    yield from _pairing(messages)
    yield from _ids(messages)
    for position, message in enumerate(messages):
        yield from _content(position, message)
        if message.get("role") == "assistant":
            yield from _assistant(position, message)
    if messages[-1].get("role") == "assistant":
        yield "the last message must not be of role 'assistant'"
    yield from _tools(body.get("tools", []))
    if not 0 <= body.get("temperature", 1.0) <= 1:
        yield f"invalid temperature: {body['temperature']}"


RULES: dict[str, Rules] = {"plain": plain, "moonshot": moonshot}


def too_long(body: Mapping[str, Any], prompt: int, window: int) -> str:
    """Return Moonshot's words where prompt and reply exceed the window, else ""."""
    asked = prompt + int(body.get("max_tokens") or body.get("max_completion_tokens") or 0)
    if asked <= window:
        return ""
    return f"Invalid request: Your request exceeded model token limit: {window} (requested: {asked})"


def _pairing(messages: list[dict[str, Any]]) -> Iterator[str]:
    """Every call is answered once, directly behind its message, and nothing else is."""
    waiting: list[str] = []
    for position, message in enumerate(messages):
        if message.get("role") == "tool":
            if message.get("tool_call_id") in waiting:
                waiting.remove(message["tool_call_id"])
            else:
                yield f"Invalid request: tool_call_id {message.get('tool_call_id')} is not found"
            continue
        if waiting:
            yield _unanswered(waiting)
        if message.get("role") not in ("system", "user", "assistant"):
            yield f"the message at position {position} has an unknown role {message.get('role')!r}"
        waiting = [call["id"] for call in message.get("tool_calls") or ()]
    if waiting:
        yield _unanswered(waiting)


def _unanswered(ids: list[str]) -> str:
    return (
        "Invalid request: an assistant message with 'tool_calls' must be followed by tool messages responding to "
        f"each 'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(ids)}"
    )


def _ids(messages: list[dict[str, Any]]) -> Iterator[str]:
    calls = [call for message in messages for call in message.get("tool_calls") or ()]
    for index, call in enumerate(calls):
        expected = f"functions.{call['function']['name']}:{index}"
        if call["id"] != expected:
            yield f"tool call id {call['id']!r} where {expected!r} belongs"


def _content(position: int, message: dict[str, Any]) -> Iterator[str]:
    content = message.get("content")
    if isinstance(content, list) and any(not part.get("text") for part in content if part.get("type") == "text"):
        yield "Invalid request: text content is empty"
    if message.get("role") in ("user", "system") and not content:
        yield f"Invalid request: the message at position {position} with role '{message['role']}' must not be empty"
    if message.get("role") == "tool" and not isinstance(content, str):
        yield f"Invalid request: the message at position {position} with role 'tool' has no content"


def _assistant(position: int, message: dict[str, Any]) -> Iterator[str]:
    calls = message.get("tool_calls")
    if not calls and not message.get("content"):
        yield f"Invalid request: the message at position {position} with role 'assistant' must not be empty"
    if calls and not isinstance(message.get("reasoning_content"), str):
        yield (
            f"thinking is enabled but reasoning_content is missing in assistant tool call message at index {position}"
        )
    for call in calls or ():
        if not _is_object(call["function"]["arguments"]):
            yield f"Invalid request: function arguments of {call['id']} are no JSON object"


def _tools(tools: list[dict[str, Any]]) -> Iterator[str]:
    if len(tools) > _MAX_TOOLS:
        yield f"Invalid request: {len(tools)} tools, at most {_MAX_TOOLS}"
    for tool in tools:
        function = tool["function"]
        if not _TOOL_NAME.fullmatch(function["name"]):
            yield f"Invalid request: function name {function['name']!r} is invalid"
        for name, schema in function["parameters"].get("properties", {}).items():
            if not {"type", "$ref", "anyOf", "oneOf", "allOf"} & schema.keys():
                yield f"At path 'properties.{name}': type is not defined"


def _is_object(text: object) -> bool:
    try:
        return isinstance(text, str) and isinstance(json.loads(text), dict)
    except ValueError:
        return False
