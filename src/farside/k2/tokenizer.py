"""Text and control tokens to ids and back, id for id as the tokenizer that comes with the checkpoints does it.

Text never mints a control token: `encode` makes text of whatever it is given, and control ids come from `Control`
pieces alone. `encode_markup` is the one exception, for text that this program wrote itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import tiktoken

from farside.errors import FarsideError
from farside.k2.control import RESERVED, Control, Mark, Piece, joined, written
from farside.k2.decoder import Decoder
from farside.k2.huge_text import parts

WORDS = "|".join(
    (
        r"[\p{Han}]+",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*"
        r"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+"
        r"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)
"""What is merged on its own."""
MAY_BE_TEXT = frozenset({Mark.THINK, Mark.THINK_END})
"""Where a checkpoint has no such control tokens, the reference writes these as text, and so does `encode_pieces`."""


class Tokenizer:
    """A tokenizer of the family: ids of text from 0, then RESERVED ids of control tokens.

    tokens: the bytes of each id of text; every single byte is among them. control: the named control tokens.
    """

    def __init__(self, tokens: Sequence[bytes], control: Mapping[str, int]) -> None:
        first = len(tokens)
        names = {id: name for name, id in control.items()}
        self.names = {id: names.get(id, f"<|reserved_token_{id}|>") for id in range(first, first + RESERVED)}
        """The name of each control token, by id."""
        self.control = {name: id for id, name in self.names.items()}
        """The id of each control token, by name."""
        self._tokens = tokens
        self._bpe = tiktoken.Encoding(
            "k2",
            pat_str=WORDS,
            mergeable_ranks={token: id for id, token in enumerate(tokens)},
            special_tokens={},
        )
        self._markup = re.compile("(" + "|".join(map(re.escape, self.control)) + ")")

    @property
    def size(self) -> int:
        """How many ids there are."""
        return len(self._tokens) + RESERVED

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text in which nothing is a control token; half a surrogate pair counts as U+FFFD."""
        ids: list[int] = []
        for part in parts(text):
            ids += self._bpe.encode_ordinary(part)
        return ids

    def encode_pieces(self, pieces: Iterable[Piece]) -> list[int]:
        """Return the ids of control tokens and of the text between them.

        Raises:
            FarsideError: a control token has no id in this checkpoint.
        """
        ids: list[int] = []
        for piece in joined(map(self._spelled, pieces)):
            if isinstance(piece, str):
                ids += self.encode(piece)
            else:
                ids.append(self.control[piece.name])
        return ids

    def _spelled(self, piece: Piece) -> Piece:
        if isinstance(piece, str) or piece.name in self.control:
            return piece
        if piece.name in MAY_BE_TEXT:
            return str(piece.name)
        message = f"This checkpoint has no control token {piece.name}: it is not one of a Kimi K2 chat model."
        raise FarsideError(message, "name the folder of a Kimi K2 checkpoint, for example of Kimi-K2-Thinking")

    def encode_markup(self, text: str) -> list[int]:
        """Return the ids of a text in which the names of control tokens are control tokens.

        Only for text of one's own, such as a prompt that is already rendered: what a user wrote could hold anything.
        """
        cut = self._markup.split(text)
        return self.encode_pieces(Control(part) if index % 2 else part for index, part in enumerate(cut))

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of ids, control tokens by name; bytes that are no character are U+FFFD."""
        return written(self.pieces(ids))

    def pieces(self, ids: Iterable[int]) -> list[Piece]:
        """Return what ids stand for, neighbouring texts as one."""
        decoder = self.decoder()
        return joined([*decoder.feed(ids), *decoder.finish()])

    def decoder(self) -> Decoder:
        """Return what decodes one stream of ids."""
        return Decoder(self)

    def bytes_of(self, id: int) -> bytes:
        """Return the bytes of an id of text.

        Raises:
            FarsideError: there is no such id.
        """
        if 0 <= id < len(self._tokens):
            return self._tokens[id]
        message = f"{id} is no token id of this tokenizer, which has 0 to {self.size - 1}."
        raise FarsideError(message, "use the tokenizer of the checkpoint that the ids come from")
