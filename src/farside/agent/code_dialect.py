"""The `code` dialect: a short thought and one fenced Python block instead of tool calls. Pure.

For small models that call tools badly. The block is a call of `python`; the other tools are functions in it.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from farside.arguments import object_of
from farside.messages import Message, Reply, ToolCall

FENCE = re.compile(r"^[ \t]*```[ \t]*(\w*)[ \t]*$", re.MULTILINE)
LABELS = ("python", "python3", "py")
CALL_ID = "block"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: where it starts in the text, its label in lower case, and what it holds."""

    start: int
    label: str
    source: str
    closed: bool

    @property
    def may_be_python(self) -> bool:
        """Whether it is not labelled as something else."""
        return not self.label or self.label in LABELS


def blocks(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a text; a fence closes what an earlier one opened, the last may stay open."""
    fences = FENCE.finditer(text)
    for opening in fences:
        closing = next(fences, None)
        end = closing.start() if closing else len(text)
        yield Block(opening.start(), opening[1].lower(), text[opening.end() : end].strip("\n"), closing is not None)


def python_in(text: str) -> str:
    """Return the first block of an answer that asks for Python alone; all of it where it has none."""
    return next((block.source for block in blocks(text) if block.may_be_python), text)


def heard(reply: Reply) -> Reply:
    """Return the reply with its first Python block as a call of python, and what follows the block cut off.

    Small models go on after the block and invent its output. A block that the limit of tokens cut off is not run.
    """
    message = reply.message
    found = next(filter(_is_python, blocks(message.text)), None)
    if message.calls or found is None or (not found.closed and reply.finish == "length"):
        return reply
    call = ToolCall(CALL_ID, "python", json.dumps({"code": found.source}))
    return replace(reply, message=replace(message, text=message.text[: found.start].strip(), calls=(call,)))


def _is_python(block: Block) -> bool:
    """Tell whether a block is to be run: by its label, or without one if it is Python at all."""
    if not block.source.strip() or not block.may_be_python:
        return False
    return bool(block.label) or _compiles(block.source)


def _compiles(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


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
    arguments = object_of(call.arguments)
    if arguments is None:
        return f"{call.name}()"
    if call.name == "python":
        return str(arguments.get("code", ""))
    return f"{call.name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"
