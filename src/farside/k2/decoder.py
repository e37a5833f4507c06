"""Ids to pieces as they come: a character is given once all of its bytes are there, and never in parts."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from typing import TYPE_CHECKING

from farside.k2.control import Control, Piece

if TYPE_CHECKING:
    from farside.k2.tokenizer import Tokenizer


class Decoder:
    """Decodes one stream of ids."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, ids: Iterable[int]) -> list[Piece]:
        """Return what is whole by now; a control token ends an unfinished character as U+FFFD.

        Raises:
            FarsideError: there is no such id.
        """
        pieces: list[Piece] = []
        waiting = bytearray()
        for id in ids:
            if name := self._tokenizer.names.get(id):
                pieces += (self._utf8.decode(bytes(waiting), final=True), Control(name))
                waiting.clear()
            else:
                waiting += self._tokenizer.bytes_of(id)
        pieces.append(self._utf8.decode(bytes(waiting)))
        return [piece for piece in pieces if piece]

    def finish(self) -> list[Piece]:
        """Return what was still waited for, as U+FFFD."""
        rest = self._utf8.decode(b"", final=True)
        return [rest] if rest else []
