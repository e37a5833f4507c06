"""A turn of the assistant read as it comes: tokens or text in, thinking, content and calls out.

However the input is cut, the deltas make the same turn. Nothing raises and no text is lost; see `turn` for what is
forgiven. Of tokens, control tokens are told from text that looks like them; in bare text they cannot be.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from farside.k2.control import Mark
from farside.k2.deltas import Delta, Turn, turn_of
from farside.k2.scanner import Scanner
from farside.k2.turn import TurnReader

if TYPE_CHECKING:
    from farside.k2.tokenizer import Tokenizer

SPOKEN = frozenset(Mark) - {Mark.SYSTEM, Mark.USER, Mark.ASSISTANT, Mark.MIDDLE}
"""What a turn is marked with."""


class TextParser:
    """Reads a turn from text. thinking: the prompt already opened the thinking."""

    def __init__(self, thinking: bool = False) -> None:
        self._scanner = Scanner(SPOKEN)
        self._turn = TurnReader(thinking)

    @property
    def over(self) -> bool:
        """The end of the turn was read; what follows is not of it and is left out."""
        return self._turn.over

    def feed(self, text: str) -> list[Delta]:
        """Return what the text says."""
        return self._turn.feed(self._scanner.feed([text]))

    def finish(self) -> list[Delta]:
        """Return the rest; its last delta is the TurnEnd."""
        return [*self._turn.feed(self._scanner.finish()), *self._turn.finish()]


class TokenParser:
    """Reads a turn from token ids. thinking: the prompt already opened the thinking."""

    def __init__(self, tokenizer: Tokenizer, thinking: bool = False) -> None:
        self._decoder = tokenizer.decoder()
        self._scanner = Scanner(SPOKEN - tokenizer.control.keys())
        self._turn = TurnReader(thinking)

    @property
    def over(self) -> bool:
        """The end of the turn was read; what follows is not of it and is left out."""
        return self._turn.over

    def feed(self, ids: Iterable[int]) -> list[Delta]:
        """Return what the tokens say.

        Raises:
            FarsideError: there is no such id.
        """
        return self._turn.feed(self._scanner.feed(self._decoder.feed(ids)))

    def finish(self) -> list[Delta]:
        """Return the rest; its last delta is the TurnEnd."""
        rest = [*self._scanner.feed(self._decoder.finish()), *self._scanner.finish()]
        return [*self._turn.feed(rest), *self._turn.finish()]


def parse_text(text: str, thinking: bool = False) -> Turn:
    """Return the turn that a whole text is."""
    parser = TextParser(thinking)
    return turn_of([*parser.feed(text), *parser.finish()])


def parse_tokens(ids: Iterable[int], tokenizer: Tokenizer, thinking: bool = False) -> Turn:
    """Return the turn that all of its token ids are.

    Raises:
        FarsideError: there is no such id.
    """
    parser = TokenParser(tokenizer, thinking)
    return turn_of([*parser.feed(ids), *parser.finish()])
