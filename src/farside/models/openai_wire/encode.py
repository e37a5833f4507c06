"""From a Request to the bytes of a body, in the dialect that the Profile names."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Literal

from farside.arguments import object_of
from farside.messages import Message, Request
from farside.models.base import Profile
from farside.models.openai_wire.schema import tools_json

ReasoningField = Literal["reasoning_content", "reasoning", "reasoning_details", "thinking", "none"]


class Encoder:
    """Encodes requests for one peer; a conversation that only grew is encoded from where it grew."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._model = profile.name.partition("/")[2]
        self._seen: tuple[Message, ...] = ()
        self._encoded: list[bytes] = []

    def learn(self, field: ReasoningField) -> None:
        """Speak thinking in `field` from now on, because the peer did."""
        if self.profile.reasoning not in (field, "reasoning_details"):
            self.profile = replace(self.profile, reasoning=field)
            self._seen, self._encoded = (), []

    def body(self, request: Request) -> bytes:
        """Return the whole body."""
        self._catch_up(request.messages)
        parts = [_dumps(self._options(request))[:-1], b',"messages":[', b",".join(self._encoded), b"]"]
        if request.tools:
            parts += [b',"tools":', tools_json(request.tools)]
        parts.append(b"}")
        return b"".join(parts)

    def _catch_up(self, messages: tuple[Message, ...]) -> None:
        """Encode what is new: a conversation mostly grows, and comparing 600 known messages costs microseconds."""
        if messages[: len(self._seen)] != self._seen:
            self._seen, self._encoded = (), []
        self._encoded += map(self._message, messages[len(self._seen) :])
        self._seen = messages

    def _options(self, request: Request) -> dict[str, object]:
        profile = self.profile
        temperature = profile.temperature if request.temperature is None else request.temperature
        options: dict[str, object] = {
            "model": self._model,
            "stream": True,
            "stream_options": {"include_usage": True},
            profile.max_tokens_field: request.max_tokens,
        }
        if temperature is not None:
            options["temperature"] = temperature
        if request.seed is not None:
            options["seed"] = request.seed
        if request.schema:
            schema = {"name": "reply", "strict": True, "schema": json.loads(request.schema)}
            options["response_format"] = {"type": "json_schema", "json_schema": schema}
        if request.stop:
            options["stop"] = [request.stop]
        if profile.cache_key and request.cache_key:
            options["prompt_cache_key"] = request.cache_key
        return options | profile.body

    def _message(self, message: Message) -> bytes:
        match message.role:
            case "assistant":
                return self._assistant(message)
            case "tool":
                answer = {"role": "tool", "tool_call_id": message.call_id, "name": message.name}
                return _dumps(answer | {"content": message.text})
            case _:
                return _dumps({"role": message.role, "content": message.text})

    def _assistant(self, message: Message) -> bytes:
        fields: dict[str, Any] = {"role": "assistant"}
        if message.text or not message.calls or self.profile.empty_content == "empty":
            fields["content"] = message.text
        fields |= self._thinking(message)
        if message.calls:
            fields["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": _object_or_empty(call.arguments)},
                }
                for call in message.calls
            ]
        return _dumps(fields)

    def _thinking(self, message: Message) -> dict[str, Any]:
        """Beside calls the field is always there: absent is a 400 at Moonshot, "" is not."""
        field = self.profile.reasoning
        if field == "none" or not (message.thinking or message.calls or message.details):
            return {}
        if field != "reasoning_details":
            return {field: message.thinking}
        return {field: json.loads(message.details)} if message.details else {"reasoning": message.thinking}


def _object_or_empty(arguments: str) -> str:
    """Servers reject a whole history for one call whose arguments are no JSON object."""
    return "{}" if object_of(arguments, strict=True) is None else arguments


def _dumps(value: object) -> bytes:
    # A lone surrogate (an undecodable byte of some tool's output) must not fail the request.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
