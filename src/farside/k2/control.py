"""The control tokens of the K2 chat protocol, by name; a checkpoint gives them ids.

A control token is told apart from the text that looks like it: `Control` is the token, a string is text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

RESERVED = 256
"""Ids behind those of the text, for control tokens: named or not."""


class Mark(StrEnum):
    """What the protocol writes with control tokens, and the two section marks that some models write as text."""

    SYSTEM = "<|im_system|>"
    USER = "<|im_user|>"
    ASSISTANT = "<|im_assistant|>"
    MIDDLE = "<|im_middle|>"
    END = "<|im_end|>"
    THINK = "<think>"
    THINK_END = "</think>"
    SECTION = "<|tool_calls_section_begin|>"
    SECTION_END = "<|tool_calls_section_end|>"
    CALL = "<|tool_call_begin|>"
    ARGUMENTS = "<|tool_call_argument_begin|>"
    CALL_END = "<|tool_call_end|>"
    ONE_SECTION = "<|tool_call_section_begin|>"
    """Singular; no token table has it."""
    ONE_SECTION_END = "<|tool_call_section_end|>"
    """Singular; no token table has it."""


@dataclass(frozen=True, slots=True)
class Control:
    """One control token, by its name."""

    name: str


Piece = Control | str
"""A control token, or text that holds none."""


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces with neighbouring texts made one, and without empty ones: the shape that has one encoding."""
    whole: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and whole and isinstance(whole[-1], str):
            whole[-1] += piece
        elif piece:
            whole.append(piece)
    return whole


def written(pieces: Iterable[Piece]) -> str:
    """Return the pieces as one string, in which control tokens are their names."""
    return "".join(piece if isinstance(piece, str) else piece.name for piece in pieces)
