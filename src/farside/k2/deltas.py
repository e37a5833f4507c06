"""What a turn of the assistant says, as it comes, and the turn that it makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from farside.k2.call_id import name_in
from farside.k2.canonical import call_form


@dataclass(frozen=True, slots=True)
class Thinking:
    """More of the reasoning."""

    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """More of what is said to the user."""

    text: str


@dataclass(frozen=True, slots=True)
class CallBegin:
    """A call begins; the calls of a turn follow each other and are counted from 0."""

    index: int
    id: str
    """As the model wrote it."""

    @property
    def name(self) -> str:
        """The tool that is called: whether there is one of that name is not known here."""
        return name_in(self.id)


@dataclass(frozen=True, slots=True)
class Arguments:
    """More of the arguments of a call: JSON text, unchecked."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class CallEnd:
    """The call has ended."""

    index: int
    complete: bool
    """False: the model, or whoever cut it off, ended it without its end mark."""


LeftOpen = Literal["", "thinking", "section", "call"]


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """The last delta of a turn."""

    left_open: LeftOpen
    """What had begun and was not ended: such a turn was cut off. `call`: that call is not complete."""


Delta = Thinking | Content | CallBegin | Arguments | CallEnd | TurnEnd


@dataclass(frozen=True, slots=True)
class Call:
    """A call as far as it came."""

    id: str
    arguments: str = ""
    complete: bool = False

    @property
    def name(self) -> str:
        """The tool that is called."""
        return name_in(self.id)


@dataclass(frozen=True, slots=True)
class Turn:
    """What the assistant said in a turn, so far."""

    reasoning: str = ""
    content: str = ""
    calls: tuple[Call, ...] = ()
    left_open: LeftOpen = ""

    @property
    def message(self) -> dict[str, Any]:
        """The turn as a message in canonical form; calls that are not complete stand there as far as they came."""
        calls = [call_form(call.id, call.arguments) for call in self.calls]
        said = {"role": "assistant", "content": self.content, "reasoning_content": self.reasoning}
        return {**said, "tool_calls": calls} if calls else said


def turn_of(deltas: Iterable[Delta]) -> Turn:
    """Return what the deltas make together."""
    reasoning: list[str] = []
    content: list[str] = []
    calls: list[Call] = []
    arguments: list[list[str]] = []
    left_open: LeftOpen = ""
    for delta in deltas:
        match delta:
            case Thinking(text):
                reasoning.append(text)
            case Content(text):
                content.append(text)
            case CallBegin(_, id):
                calls.append(Call(id))
                arguments.append([])
            case Arguments(index, text):
                arguments[index].append(text)
            case CallEnd(index, complete):
                calls[index] = replace(calls[index], complete=complete)
            case TurnEnd(left_open):
                pass
    called = (replace(call, arguments="".join(text)) for call, text in zip(calls, arguments, strict=True))
    return Turn("".join(reasoning), "".join(content), tuple(called), left_open)
