"""A request as the K2 chat protocol takes it, and a turn of the model as a message. Needs no torch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from farside.arguments import object_of
from farside.messages import Message, Part, Request, ToolCall, ToolSpec
from farside.models.openai_wire.arguments import mend
from farside.models.openai_wire.schema import tools_json
from farside.prompts import render

if TYPE_CHECKING:
    from farside.k2.deltas import Call, Delta, Turn
    from farside.k2.wire import Wire


def messages_of(request: Request) -> list[Wire]:
    """Return the messages of a request.

    The arguments of calls are as the model wrote them, broken ones too: it sees what it did, and the ids that it
    sampled stay in place.
    """
    messages = [_message(message) for message in request.messages]
    if request.schema:
        messages.append({"role": "system", "content": render(__package__, "schema.md", schema=request.schema)})
    return messages


def _message(message: Message) -> Wire:
    match message.role:
        case "assistant":
            calls = [
                {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
                for call in message.calls
            ]
            said: Wire = {"role": "assistant", "content": message.text, "reasoning_content": message.thinking}
            return {**said, "tool_calls": calls} if calls else said
        case "tool":
            return {"role": "tool", "name": message.name, "tool_call_id": message.call_id, "content": message.text}
        case _:
            return {"role": message.role, "content": message.text}


def tools_of(tools: tuple[ToolSpec, ...]) -> list[Wire] | None:
    """Return the tools as the model sees them declared."""
    declared: list[Wire] = json.loads(tools_json(tools))
    return declared or None


def part_of(delta: Delta) -> Part | None:
    """Return what a watcher sees of a delta."""
    from farside.k2.deltas import Arguments, CallBegin, Content, Thinking

    match delta:
        case Thinking(text):
            return Part("thinking", text)
        case Content(text):
            return Part("text", text)
        case CallBegin():
            return Part("call", delta.name)
        case Arguments(_, text):
            return Part("call", text)
    return None


def message_of(turn: Turn) -> tuple[Message, list[str]]:
    """Return a turn as a message, and what had to be repaired."""
    calls, anomalies = [], []
    for call in turn.calls:
        arguments, repaired = _mended(call)
        calls.append(ToolCall(call.id, call.name, arguments))
        if repaired:
            anomalies.append(f"the arguments of {call.name} were repaired")
    return Message("assistant", turn.content, turn.reasoning, tuple(calls)), anomalies


def _mended(call: Call) -> tuple[str, bool]:
    """Leave what is an object as it was written, white space too, and what is half a call."""
    if not call.complete or object_of(call.arguments, strict=True) is not None:
        return call.arguments, False
    return mend(call.arguments)
