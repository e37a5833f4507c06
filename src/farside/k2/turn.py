"""The grammar of one assistant turn: pieces in, deltas out. It takes whatever comes.

A mark that makes no sense where it stands is text, so nothing is lost but the marks themselves and white space
between the calls of a section. What the grammar forgives:

- A section or a call that opens within the thinking ends it; the late `</think>` behind it is then a mark as well.
- A call without a section, several sections, and a section or call that something else ends, or nothing.
- The singular `<|tool_call_section_begin|>` right before a call, and its end behind one.
- `<think>` that the model repeats after the prompt already opened the thinking.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from farside.k2.control import Mark, Piece
from farside.k2.deltas import Arguments, CallBegin, CallEnd, Content, Delta, LeftOpen, Thinking, TurnEnd

ENDS = frozenset({Mark.END, "[EOS]", "[EOT]"})


class State(Enum):
    """Where in a turn we are."""

    THINKING = auto()
    CONTENT = auto()
    SECTION = auto()
    """Between calls."""
    ID = auto()
    """In a call, before its arguments."""
    ARGUMENTS = auto()
    OVER = auto()


LEFT_OPEN: dict[State, LeftOpen] = {
    State.THINKING: "thinking",
    State.SECTION: "section",
    State.ID: "call",
    State.ARGUMENTS: "call",
}


class TurnReader:
    """Reads one turn. thinking: the prompt already opened the thinking (K2.5 does, K2 Thinking does not)."""

    def __init__(self, thinking: bool = False) -> None:
        self._state = State.THINKING if thinking else State.CONTENT
        self._said: list[Delta] = []
        self._held = ""
        """White space, and a singular section mark: not text if a mark follows that explains it."""
        self._id = ""
        self._calls = 0
        self._thought = False
        self._spoke = False
        self._bare = False
        """No mark opened the section, so none is missing at its end."""
        self._late_close = False
        """A section cut the thinking off, whose end may still come."""
        self._left_open: LeftOpen = ""

    @property
    def over(self) -> bool:
        """The turn has ended: what follows is not of it and is not read."""
        return self._state is State.OVER

    def feed(self, pieces: Iterable[Piece]) -> list[Delta]:
        """Return what the pieces say."""
        for piece in pieces:
            if self.over:
                break
            if isinstance(piece, str):
                self._text(piece)
            else:
                self._mark(piece.name)
        return self._take()

    def finish(self) -> list[Delta]:
        """Return the rest; its last delta is the TurnEnd."""
        self._end()
        return [*self._take(), TurnEnd(self._left_open)]

    def _take(self) -> list[Delta]:
        said, self._said = self._said, []
        return said

    def _text(self, text: str) -> None:
        """Say text; in a section, white space behind it is held back, as is what follows a singular mark."""
        text = self._held + text
        kept = text
        if self._state is State.SECTION:
            kept = text.rstrip()
        elif self._held and not text.removeprefix(Mark.ONE_SECTION).strip():
            kept = ""
        self._held = text[len(kept) :]
        self._say(kept)

    def _say(self, text: str) -> None:
        """Say text in the channel that is open."""
        if not text:
            return
        match self._state:
            case State.THINKING:
                self._thought = True
                self._said.append(Thinking(text))
            case State.CONTENT | State.SECTION:
                self._spoke = self._spoke or not text.isspace()
                self._said.append(Content(text))
            case State.ID:
                self._id += text
            case State.ARGUMENTS:
                self._said.append(Arguments(self._calls, text))
            case State.OVER:
                pass

    def _mark(self, name: str) -> None:
        held, self._held = self._held, ""
        if held and self._state is not State.SECTION:
            if name == Mark.CALL:
                self._open_section()
            else:
                self._say(held)
        if name in ENDS:
            self._end()
        elif self._state in (State.ID, State.ARGUMENTS):
            self._in_call(name)
        else:
            self._outside(name)

    def _outside(self, name: str) -> None:
        match self._state, name:
            case _, Mark.SECTION:
                self._open_section()
            case _, Mark.CALL:
                if self._state is not State.SECTION:
                    self._open_section(bare=True)
                self._state, self._id = State.ID, ""
            case State.SECTION, Mark.SECTION_END | Mark.ONE_SECTION_END:
                self._state = State.CONTENT
            case State.SECTION, Mark.ONE_SECTION:
                pass
            case State.THINKING | State.CONTENT, Mark.ONE_SECTION:
                self._held = name
            case _:
                self._around_thinking(name)

    def _around_thinking(self, name: str) -> None:
        match self._state, name:
            case State.THINKING, Mark.THINK_END:
                self._state = State.CONTENT
            case State.THINKING, Mark.THINK if not self._thought:
                pass
            case State.CONTENT | State.SECTION, Mark.THINK if not self._spoke:
                self._state = State.THINKING
            case State.CONTENT | State.SECTION, Mark.THINK_END if self._late_close:
                self._late_close = False
            case _:
                self._say(name)

    def _in_call(self, name: str) -> None:
        match self._state, name:
            case State.ID, Mark.ARGUMENTS:
                self._begin_call()
                self._state = State.ARGUMENTS
            case _, Mark.CALL_END:
                self._end_call(complete=True)
            case _, Mark.SECTION | Mark.SECTION_END | Mark.CALL:
                self._end_call(complete=False)
                self._outside(name)
            case _:
                self._say(name)

    def _open_section(self, bare: bool = False) -> None:
        self._bare = bare
        self._late_close = self._late_close or self._state is State.THINKING
        self._state = State.SECTION

    def _begin_call(self) -> None:
        self._said.append(CallBegin(self._calls, self._id))

    def _end_call(self, complete: bool) -> None:
        if self._state is State.ID:
            self._begin_call()
        self._said.append(CallEnd(self._calls, complete))
        self._calls += 1
        self._state = State.SECTION

    def _end(self) -> None:
        if self.over:
            return
        if self._state is not State.SECTION:
            self._say(self._held)
        self._held = ""
        self._left_open = "" if self._state is State.SECTION and self._bare else LEFT_OPEN.get(self._state, "")
        if self._state in (State.ID, State.ARGUMENTS):
            self._end_call(complete=False)
        self._state = State.OVER
