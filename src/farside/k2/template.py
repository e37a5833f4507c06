"""The chat template of Kimi K2 Thinking as code: a request body to control tokens and text.

Source: models/templates/moonshotai-Kimi-K2-Thinking.jinja of ggml-org/llama.cpp, tools with compact separators.

It writes the canonical form, so all rules of what counts are there. Control tokens are `Control` pieces from the
start: they never come from encoding text. A block is a whole message, and its ids do not depend on the others.
"""

from __future__ import annotations

from collections.abc import Iterator

from farside.k2 import wire
from farside.k2.canonical import DECLARE, RETURN, canonical
from farside.k2.control import Control, Mark, Piece
from farside.k2.wire import Wire

GENERATION: tuple[Piece, ...] = (Control(Mark.ASSISTANT), "assistant", Control(Mark.MIDDLE))
"""What stands before a turn of the assistant; the model then begins with `<think>` itself."""


def pieces(body: Wire) -> list[Piece]:
    """Return the prompt of a request body.

    Raises:
        FarsideError: it is no request that this model can be given; the sentence names the place.
    """
    form = canonical(body)
    blocks = [declaration(form["tools"]), *map(block, form["messages"])]
    prompt = [piece for each in blocks for piece in each]
    return [*prompt, *GENERATION] if form["add_generation_prompt"] else prompt


def declaration(tools: list[Wire] | None) -> list[Piece]:
    """Return the block that declares the tools, empty without tools."""
    if not tools:
        return []
    text = wire.dumped(tools, "`tools`", compact=True)
    return [Control(Mark.SYSTEM), DECLARE, Control(Mark.MIDDLE), text, Control(Mark.END)]


def block(message: Wire) -> list[Piece]:
    """Return one message in canonical form: header, body, end."""
    return [*header(message), *_body(message), Control(Mark.END)]


def header(message: Wire) -> list[Piece]:
    """Return who speaks."""
    role: str = message["role"]
    mark = {"user": Mark.USER, "assistant": Mark.ASSISTANT}.get(role, Mark.SYSTEM)
    return [Control(mark), message.get("name", role), Control(Mark.MIDDLE)]


def _body(message: Wire) -> Iterator[Piece]:
    match message["role"]:
        case "assistant":
            yield from (Control(Mark.THINK), message["reasoning_content"], Control(Mark.THINK_END))
            yield message["content"]
            yield from _calls(message.get("tool_calls", []))
        case "tool":
            yield f"{RETURN}{message['tool_call_id']}\n{message['content']}"
        case _:
            yield message["content"]


def _calls(calls: list[Wire]) -> Iterator[Piece]:
    if not calls:
        return
    yield Control(Mark.SECTION)
    for call in calls:
        yield from (Control(Mark.CALL), call["id"], Control(Mark.ARGUMENTS))
        yield from (call["function"]["arguments"], Control(Mark.CALL_END))
    yield Control(Mark.SECTION_END)
