"""From traces to what a model is trained on: ids, and which of them it has to say itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from farside.k2 import template
from farside.k2.canonical import message_form, tools_form
from farside.k2.control import Piece

if TYPE_CHECKING:
    from farside.k2.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Example:
    """One conversation."""

    ids: list[int]
    learnt: list[bool]
    """For each id, whether the model said it and is to learn it: thinking, text, calls and the end mark of a turn."""


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


def blocks(message: Mapping[str, Any], index: int) -> tuple[tuple[list[Piece], bool], tuple[list[Piece], bool]]:
    """Return what stands before a message, and what whoever speaks says himself, with whether that is the model."""
    form = message_form(dict(message), index, thinks=True)
    whole, head = template.block(form), template.header(form)
    return (head, False), (whole[len(head) :], form["role"] == "assistant")


def texts(trace: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts of a trace that a vocabulary is learnt from."""
    yield from (
        piece for piece in template.declaration(tools_form({"tools": trace["tools"]})) if isinstance(piece, str)
    )
    for segment in trace["segments"]:
        for index, message in enumerate(segment["messages"]):
            for part, _ in blocks(message, index):
                yield from (piece for piece in part if isinstance(piece, str))
