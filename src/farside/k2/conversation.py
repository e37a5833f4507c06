"""A prompt read back: its ids to the request body in canonical form. The inverse of the template.

read(ids(request)) == canonical(request), whatever the texts of the request hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from farside.errors import FarsideError
from farside.k2.canonical import DECLARE, system_form
from farside.k2.control import Control, Mark, Piece, joined, written
from farside.k2.deltas import turn_of
from farside.k2.parser import SPOKEN
from farside.k2.scanner import Scanner
from farside.k2.template import GENERATION
from farside.k2.turn import TurnReader
from farside.k2.wire import Wire

if TYPE_CHECKING:
    from farside.k2.tokenizer import Tokenizer

SPEAKERS = {Mark.SYSTEM: "system", Mark.USER: "user", Mark.ASSISTANT: "assistant"}


def read(ids: Iterable[int], tokenizer: Tokenizer) -> Wire:
    """Return the request body whose prompt has these ids.

    Raises:
        FarsideError: they are no prompt of the template.
    """
    prompt = tokenizer.pieces(ids)
    asks = tuple(prompt[-3:]) == GENERATION
    blocks = list(_blocks(prompt[:-3] if asks else prompt))
    tools: list[Wire] | None = None
    if blocks and blocks[0][:2] == (Mark.SYSTEM, DECLARE):
        tools = _declared(blocks.pop(0)[2])
    missing = [name for name in SPOKEN if name not in tokenizer.control]
    messages = [_message(*block, index=index, scanner=Scanner(missing)) for index, block in enumerate(blocks)]
    return {"messages": messages, "tools": tools, "add_generation_prompt": asks}


Block = tuple[str, str, list[Piece]]
"""The mark of the speaker, the name, the body."""


def _blocks(prompt: list[Piece]) -> Iterator[Block]:
    block: list[Piece] = []
    for piece in prompt:
        block.append(piece)
        if piece == Control(Mark.END):
            yield _block(block)
            block = []
    if block:
        raise _no_prompt("it ends within a message")


def _block(block: list[Piece]) -> Block:
    match block[:-1]:
        case [Control(mark), str(name), Control(Mark.MIDDLE), *body] if mark in SPEAKERS:
            return mark, name, body
    raise _no_prompt(f"a message begins with {written(block[:3])[:60]!r}")


def _message(mark: str, name: str, body: list[Piece], index: int, scanner: Scanner) -> Wire:
    if mark == Mark.ASSISTANT:
        turn = TurnReader()
        pieces = [*scanner.feed(body), *scanner.finish()]
        message = turn_of([*turn.feed(pieces), *turn.finish()]).message
    else:
        text = written(joined(body))
        if mark == Mark.SYSTEM and index:
            return system_form(name, text)
        message = {"role": SPEAKERS[Mark(mark)], "content": text}
    return message if name == message["role"] else {**message, "name": name}


def _declared(body: list[Piece]) -> list[Wire]:
    try:
        tools: list[Wire] = json.loads(written(body))
    except (ValueError, RecursionError):
        raise _no_prompt("its tools are no JSON") from None
    return tools


def _no_prompt(why: str) -> FarsideError:
    return FarsideError(
        f"These ids are no prompt of the K2 template: {why}.", "`farside k2 render` makes such prompts"
    )
