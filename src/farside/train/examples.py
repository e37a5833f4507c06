"""From traces to what a model is trained on: ids, and which of them it has to say itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from farside.k2 import template
from farside.k2.canonical import message_form, tools_form
from farside.k2.control import Control, Mark, Piece

if TYPE_CHECKING:
    from farside.k2.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Example:
    """One conversation."""

    ids: list[int]
    learnt: list[bool]
    """For each id, whether the model said it and is to learn it: thinking, text, calls and the end mark of a turn.

    Of the numbers of calls those with a carry are not learnt: farside counts calls itself, and of what a model of 300
    steps still had wrong after training, most were carries, which drowned the rest. The others are: a model that is
    taught none writes a name there, and the call with it.
    """


def examples(trace: Mapping[str, Any], tokenizer: Tokenizer) -> Iterator[Example]:
    """Yield the segments of a trace, each as the model saw it when it made its last reply, and that reply.

    Reasoning stays in all turns: the answer that ends a chain was made while the chain still had it.
    """
    start = tokenizer.encode_pieces(template.declaration(tools_form({"tools": trace["tools"]})))
    for segment in trace["segments"]:
        ids, learnt = list(start), [False] * len(start)
        for index, message in enumerate(segment["messages"]):
            for piece, said in blocks(message, index):
                more = tokenizer.encode_pieces(piece)
                ids += more
                learnt += [said and index in segment["learn"]] * len(more)
        yield Example(ids, learnt)


def blocks(message: Mapping[str, Any], index: int) -> Iterator[tuple[list[Piece], bool]]:
    """Yield the parts of a message, each with whether it is what a model says and learns."""
    form = message_form(dict(message), index, thinks=True)
    whole, head = template.block(form), template.header(form)
    yield head, False
    if form["role"] == "assistant":
        yield from spoken(whole[len(head) :])
    else:
        yield whole[len(head) :], False


def spoken(body: list[Piece]) -> Iterator[tuple[list[Piece], bool]]:
    """Yield the parts of what a model says: the numbers of its calls, and what is between them."""
    held: list[Piece] = []
    for before, piece in zip([None, *body[:-1]], body, strict=True):
        if before == Control(Mark.CALL) and isinstance(piece, str):
            name, colon, number = piece.rpartition(":")
            yield [*held, name + colon], True
            yield [number], not carries(number)
            held = []
        else:
            held.append(piece)
    yield held, True


def carries(number: str) -> bool:
    """Tell whether a number has more digits changed than its last since the one before."""
    return number.endswith("0") and number != "0"


def texts(trace: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts of a trace that a vocabulary is learnt from."""
    yield from (
        piece for piece in template.declaration(tools_form({"tools": trace["tools"]})) if isinstance(piece, str)
    )
    for segment in trace["segments"]:
        for index, message in enumerate(segment["messages"]):
            for part, _ in blocks(message, index):
                yield from (piece for piece in part if isinstance(piece, str))
