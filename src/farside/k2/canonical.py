"""The canonical form of a chat request: what of it reaches the model, and nothing else.

Two requests with one canonical form are one prompt, and `conversation.read` gives it back from the prompt's ids:
read(ids(request)) == canonical(request). It is itself a request body, and its own canonical form:

1. A conversation that does not begin with a system message begins with the default one. `developer` is `system`.
2. `content` is a text: null and "" are one, parts are joined.
3. A `name` that is missing, empty, or the role itself is left out.
4. Of an assistant message: `reasoning_content` is a text, null and missing ones are "" (`reasoning`, another name for
   it on the wire, is read in its place then). Up to the last assistant message without calls it is "" throughout:
   the template keeps reasoning within an unfinished tool chain alone.
5. `tool_calls` is left out where it is empty. A call has "id", "type" (function) and "function" with "name" and
   "arguments"; the name is that in the id, which alone carries it, and the arguments are a text.
6. A tool message reaches the model as `## Return of ID`, a line end, and the content, under the role or the name. So
   the id ends with its first line; a tool named `system` is a system message, and a later system message that has
   another name and such a text is a tool message. No system message is named `tool_declare`: it would declare tools.
7. `tools` is null where there are none; `add_generation_prompt` is true unless it is given as false.
8. Half a surrogate pair is U+FFFD. All other fields are left out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from farside.k2 import wire
from farside.k2.call_id import name_in
from farside.k2.wire import Wire

DEFAULT_SYSTEM = "You are Kimi, an AI assistant created by Moonshot AI."
DECLARE = "tool_declare"
RETURN = "## Return of "


def canonical(body: Wire) -> Wire:
    """Return the canonical form of a request body.

    Raises:
        FarsideError: it is no request that this model can be given; the sentence names the place.
    """
    messages = wire.messages_of(body)
    dropped = last_answer(messages)
    said = [message_form(message, index, thinks=index > dropped) for index, message in enumerate(messages)]
    if needs_system(messages):
        said.insert(0, {"role": "system", "content": DEFAULT_SYSTEM})
    return {"messages": said, "tools": tools_form(body), "add_generation_prompt": asks(body)}


def needs_system(messages: Sequence[Wire]) -> bool:
    """Say whether the default system message is to stand before these."""
    return not messages or wire.role_of(messages[0], "messages[0]") != "system"


def asks(body: Wire) -> bool:
    """Return whether the prompt ends where the assistant is to begin.

    Raises:
        FarsideError: the field is neither true nor false.
    """
    wanted = body.get("add_generation_prompt")
    if wanted not in (None, True, False):
        wire.refuse("`add_generation_prompt` is neither true nor false.", "leave it out, or send true or false")
    return wanted is not False


def tools_form(body: Wire) -> list[Wire] | None:
    """Return the tools as the model can see them; None: there are none.

    Raises:
        FarsideError: they are no list of objects that JSON can hold.
    """
    tools: list[Wire] = wire.tools_of(body)
    return json.loads(wire.dumped(tools, "`tools`", compact=True)) if tools else None


def last_answer(messages: Sequence[Wire]) -> int:
    """Return the index of the last assistant message without calls, -1 if there is none."""
    answers = (index for index, message in enumerate(messages) if is_answer(message))
    return max(answers, default=-1)


def is_answer(message: Wire) -> bool:
    """Say whether the message ends a tool chain: it is of the assistant and calls nothing."""
    return message.get("role") == "assistant" and not message.get("tool_calls")


def message_form(message: Wire, index: int, thinks: bool) -> Wire:
    """Return the canonical form of messages[index]; `thinks`: its reasoning is kept.

    Raises:
        FarsideError: it is no message that this model can be given.
    """
    where = f"messages[{index}]"
    role = wire.role_of(message, where)
    name = wire.text_of(message.get("name"), f"{where}.name")
    content = wire.content_of(message, where)
    match role:
        case "assistant":
            return {**_named(role, name), "content": content, **_assistant(message, where, thinks)}
        case "tool":
            head = name or role
            return system_form(head, f"{RETURN}{wire.required(message, 'tool_call_id', where)}\n{content}")
        case "system" if name == DECLARE:
            wire.refuse(f"{where} is named {DECLARE}, which would declare tools.", "send tools in `tools`")
        case "system" if index:
            return system_form(name or role, content)
    return {**_named(role, name), "content": content}


def system_form(head: str, text: str) -> Wire:
    """Return what a later message is that stands under `<|im_system|>`: a tool's return, or a system message."""
    id, line_end, content = text.removeprefix(RETURN).partition("\n")
    if head != "system" and text.startswith(RETURN) and line_end:
        return {**_named("tool", head), "tool_call_id": id, "content": content}
    return {**_named("system", head), "content": text}


def call_form(id: str, arguments: str) -> Wire:
    """Return a call as the wire has it."""
    return {"id": id, "type": "function", "function": {"name": name_in(id), "arguments": arguments}}


def _named(role: str, name: str) -> Wire:
    return {"role": role, "name": name} if name and name != role else {"role": role}


def _assistant(message: Wire, where: str, thinks: bool) -> Wire:
    thought = message.get("reasoning_content")
    thought = message.get("reasoning") if thought is None else thought
    reasoning = wire.text_of(thought, f"{where}.reasoning_content")
    calls = [call_form(id, arguments) for id, arguments in wire.calls_of(message, where)]
    return {"reasoning_content": reasoning if thinks else "", **({"tool_calls": calls} if calls else {})}
