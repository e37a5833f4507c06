"""A chat request body as it comes over the wire (OpenAI format): each part read, or refused with one clear sentence.

`where` names the message in errors: `messages[3]`.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from farside.errors import FarsideError

Wire = dict[str, Any]
"""A JSON object."""
ROLES = ("system", "developer", "user", "assistant", "tool")
SHAPE = 'the shape of a request: {"messages": [{"role": "user", "content": "Hi"}]}'


def refuse(message: str, next_step: str = SHAPE) -> NoReturn:
    """Raise it."""
    raise FarsideError(message, next_step)


def messages_of(body: Wire) -> list[Wire]:
    """Return the messages of a request body.

    Raises:
        FarsideError: there is no list of objects.
    """
    messages = body.get("messages")
    if not isinstance(messages, list):
        refuse("The request body has no list `messages`.")
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            refuse(f"messages[{index}] is no object.")
    return messages


def tools_of(body: Wire) -> list[Wire]:
    """Return the tools of a request body; none is an empty list.

    Raises:
        FarsideError: they are no list of objects.
    """
    tools = body.get("tools")
    if tools is None:
        return []
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        refuse(
            "`tools` is no list of objects.",
            'a tool: {"type": "function", "function": {"name": "look", "parameters": {}}}',
        )
    return tools


def role_of(message: Wire, where: str) -> str:
    """Return the role, `developer` as `system`.

    Raises:
        FarsideError: it is none of ROLES.
    """
    role = message.get("role")
    if role not in ROLES:
        refuse(f"{where} has the role {role!r}.", f"one of these: {', '.join(ROLES)}")
    return "system" if role == "developer" else str(role)


def text_of(value: object, where: str) -> str:
    """Return a text; null is the empty one, and half a surrogate pair becomes U+FFFD, as no token stands for it.

    Raises:
        FarsideError: it is anything else.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        refuse(f"{where} is no text.")
    return whole(value)


def whole(text: str) -> str:
    """Return the text with surrogate pairs joined, and what is left of them as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def content_of(message: Wire, where: str) -> str:
    """Return the content, parts joined without anything between them.

    Raises:
        FarsideError: a part is no text.
    """
    content = message.get("content")
    if not isinstance(content, list):
        return text_of(content, f"{where}.content")
    return "".join(_part(part, f"{where}.content[{index}]") for index, part in enumerate(content))


def _part(part: object, where: str) -> str:
    if isinstance(part, dict) and part.get("type", "text") == "text" and "text" in part:
        return text_of(part["text"], f"{where}.text")
    kind = part.get("type") if isinstance(part, dict) else None
    what = f"is of the type {kind!r}" if kind else "is no text part"
    refuse(f"{where} {what}: K2 Thinking reads text alone.", 'send parts such as {"type": "text", "text": "Hi"}')


def calls_of(message: Wire, where: str) -> list[tuple[str, str]]:
    """Return (id, arguments) of each call: arguments are a text as it is, an object as JSON, and {} where missing.

    The dump of an object has `, ` and `: ` between its parts, unlike tools: so the template has it.

    Raises:
        FarsideError: a call has no id or no function, or the arguments are neither text nor JSON.
    """
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        refuse(f"{where}.tool_calls is no list.")
    return [_call(call, f"{where}.tool_calls[{index}]") for index, call in enumerate(calls)]


def _call(call: object, where: str) -> tuple[str, str]:
    if not isinstance(call, dict) or not isinstance(call.get("function"), dict):
        refuse(
            f"{where} is no call of a function.",
            'a call: {"id": "functions.look:0", "function": {"name": "look", "arguments": "{}"}}',
        )
    arguments = call["function"].get("arguments")
    if not isinstance(arguments, str):
        arguments = dumped({} if arguments is None else arguments, where)
    return required(call, "id", where), whole(arguments)


def required(value: Wire, field: str, where: str) -> str:
    """Return a text that must be there.

    Raises:
        FarsideError: it is not.
    """
    text = value.get(field)
    if not isinstance(text, str):
        refuse(
            f"{where} has no text `{field}`.", "calls have an id, and each tool message the tool_call_id of its call"
        )
    return whole(text)


def dumped(value: object, where: str, compact: bool = False) -> str:
    """Return a JSON value as text, keys in the given order, nothing escaped that need not be.

    Raises:
        FarsideError: it is nested too deep, or no JSON value.
    """
    try:
        return whole(json.dumps(value, ensure_ascii=False, separators=(",", ":") if compact else None))
    except (RecursionError, ValueError, TypeError):
        refuse(f"{where} cannot be written as JSON: it is nested too deep, or holds what JSON has not.", "send less")
