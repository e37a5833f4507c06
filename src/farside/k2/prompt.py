"""A prompt that grows message by message, with its ids and their number at hand.

Within a tool chain a message costs the encoding of its own text, and nothing before it changes. Where an answer ends
the chain, the assistant's turns in it are encoded once more: the template drops their reasoning then.

The ids that were sampled for a turn can stand in its place: encoding its text again may give others, though they say
the same, and then all that was computed behind them is lost. They serve until the chain ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from farside.k2 import template
from farside.k2.canonical import canonical, is_answer, message_form, needs_system, tools_form
from farside.k2.control import Mark
from farside.k2.parser import parse_tokens
from farside.k2.turn import ENDS
from farside.k2.wire import Wire

if TYPE_CHECKING:
    from farside.k2.tokenizer import Tokenizer


class Prompt:
    """The prompt of `messages` so far, with `tools`.

    `prompt.ids()` equals the ids that `render_body` gives for the same messages, but for spliced turns.

    Raises:
        FarsideError: the tools are no list of objects.
    """

    def __init__(self, tokenizer: Tokenizer, tools: list[Wire] | None = None) -> None:
        self._tokenizer = tokenizer
        self._ids = tokenizer.encode_pieces(template.declaration(tools_form({"tools": tools})))
        self._generation = tokenizer.encode_pieces(template.GENERATION)
        (default,) = canonical({"messages": []})["messages"]
        self._default = tokenizer.encode_pieces(template.block(default))
        self._messages = 0
        self._chain: list[tuple[Wire, list[int]]] = []
        """The messages since the last answer, which end the prompt, with their ids."""
        self._chain_start = len(self._ids)

    def ids(self, add_generation_prompt: bool = True) -> list[int]:
        """Return the ids of the prompt."""
        missing = [] if self._messages else self._default
        return [*self._ids, *missing, *(self._generation if add_generation_prompt else [])]

    def count(self, add_generation_prompt: bool = True) -> int:
        """Return how many tokens the prompt has. O(1)."""
        missing = 0 if self._messages else len(self._default)
        return len(self._ids) + missing + (len(self._generation) if add_generation_prompt else 0)

    def append(self, message: Wire, sampled: Sequence[int] | None = None) -> bool:
        """Add a message; return whether `sampled` stands in for its text.

        sampled: the ids that the model gave for this turn, behind the generation prompt, with or without the end
        mark. They stand in unless they say something else than the message, or the message ends the chain.

        Raises:
            FarsideError: it is no message that this model can be given; the prompt is as it was.
        """
        form = message_form(message, self._messages, thinks=True)
        spliced = sampled is not None and not is_answer(form) and self._says(sampled, form)
        block = self._spliced(sampled) if sampled is not None and spliced else self._encoded(form)
        if not self._messages and needs_system([message]):
            self._ids += self._default
            self._chain_start = len(self._ids)
        self._messages += 1
        self._chain.append((form, block))
        self._ids += block
        if is_answer(form):
            self._end_chain()
        return spliced

    def _says(self, sampled: Sequence[int], form: Wire) -> bool:
        return parse_tokens(sampled, self._tokenizer).message == form

    def _spliced(self, sampled: Sequence[int]) -> list[int]:
        ends = {self._tokenizer.control.get(name) for name in ENDS}
        said = takewhile(lambda id: id not in ends, sampled)
        return [*self._generation, *said, self._tokenizer.control[Mark.END]]

    def _encoded(self, form: Wire) -> list[int]:
        return self._tokenizer.encode_pieces(template.block(form))

    def _end_chain(self) -> None:
        """Write the chain anew, without its reasoning."""
        del self._ids[self._chain_start :]
        for form, ids in self._chain:
            spoken = form["role"] == "assistant"
            self._ids += self._encoded({**form, "reasoning_content": ""}) if spoken else ids
        self._chain = []
        self._chain_start = len(self._ids)
