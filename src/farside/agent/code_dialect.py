"""The `code` dialect: a short thought and one fenced Python block instead of tool calls. Pure.

For small models that call tools badly. The block is a call of `python`; the other tools are functions in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace

from farside.messages import Message, Reply, ToolCall

BLOCK = re.compile(r"```(?:python|py)?[ \t]*\n(.*?)(?:\n```|\Z)", re.DOTALL)
CALL_ID = "block"


def heard(reply: Reply) -> Reply:
    """Return the reply with its first fenced block as a call of python, and what follows the block cut off.

    Small models go on after the block and invent its output.
    """
    message = reply.message
    found = BLOCK.search(message.text)
    if message.calls or not found or not found[1].strip():
        return reply
    call = ToolCall(CALL_ID, "python", json.dumps({"code": found[1]}))
    return replace(reply, message=replace(message, text=message.text[: found.start()].strip(), calls=(call,)))


def spoken(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Return the messages as this dialect speaks them: blocks in the text, outputs as the user's messages.

    Calls that farside opened with are not shown, only what they brought: a small model repeats what it did.
    """
    ordered = tuple(messages)
    ours = {call.id for message in ordered if message.name for call in message.calls}
    return tuple(
        _spoken(message, message.call_id in ours) for message in ordered if not (message.name and message.calls)
    )


def _spoken(message: Message, ours: bool) -> Message:
    if message.role == "tool":
        return Message("user", message.text if ours else f"Output:\n{message.text}")
    if message.calls:
        blocks = "\n".join(f"```python\n{_source(call)}\n```" for call in message.calls)
        return replace(message, text=f"{message.text}\n{blocks}".strip(), calls=(), thinking="")
    return message


def _source(call: ToolCall) -> str:
    """Return the Python that does what the call does."""
    try:
        arguments = json.loads(call.arguments, strict=False)
    except ValueError:
        arguments = None
    if not isinstance(arguments, dict):
        return f"{call.name}()"
    if call.name == "python":
        return str(arguments.get("code", ""))
    return f"{call.name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"
