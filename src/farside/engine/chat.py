"""A chat on an engine: wire messages in, the assistant's turn out, delta by delta.

The prompt grows with the conversation, and the ids that were sampled for a turn stay in it while its tool chain
lasts. So what the engine computed of it stays good, and a step costs what is new.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from farside.engine.base import Engine, Job, Sampling, Stream
from farside.engine.stop_text import StopText
from farside.errors import FarsideError
from farside.k2.canonical import message_form
from farside.k2.deltas import Delta, Turn, turn_of
from farside.k2.parser import TokenParser
from farside.k2.prompt import Prompt
from farside.k2.tokenizer import Tokenizer
from farside.k2.turn import ENDS
from farside.k2.wire import Wire

REMEMBERED = 512
"""Turns whose sampled ids are remembered: more than a long run has steps."""


class PromptTooLong(FarsideError):
    """The prompt leaves no room for an answer in the window of `limit` tokens."""

    def __init__(self, tokens: int, limit: int) -> None:
        super().__init__(f"The prompt has {tokens} tokens; the window has {limit}.", "send less")
        self.limit = limit


class Answer:
    """One turn: iterate it once for its deltas; what it was is known then. `close` ends it early."""

    def __init__(
        self, stream: Stream, parser: TokenParser, stop: StopText, prompt: int, over: Callable[[Answer], None]
    ) -> None:
        self.prompt_tokens, self.cached = prompt, stream.cached
        self.ids: list[int] = []
        """What was sampled, the end mark included."""
        self.ended_itself = False
        """The model wrote an end mark."""
        self._stream, self._parser, self._stop, self._over = stream, parser, stop, over
        self._deltas: list[Delta] = []

    def __iter__(self) -> Iterator[Delta]:
        """Yield what is said, as it comes; no character is ever split."""
        for id in self._stream:
            self.ids.append(id)
            yield from self._said(self._parser.feed([id]))
            self.ended_itself = self._parser.over
            if self.ended_itself or self._stop.reached:
                break
        self.close()
        yield from self._said(self._parser.finish())
        self._over(self)

    def _said(self, deltas: list[Delta]) -> list[Delta]:
        said = self._stop.feed(deltas)
        self._deltas += said
        return said

    @property
    def turn(self) -> Turn:
        """What was said so far."""
        return turn_of(self._deltas)

    @property
    def finish(self) -> Literal["stop", "length"]:
        """`length`: neither an end mark nor the stop text came."""
        return "stop" if self.ended_itself or self._stop.reached else "length"

    def close(self) -> None:
        """Sample no more. May be called twice."""
        self._stream.close()


class Chat:
    """Conversations on an engine, one growing after the other."""

    def __init__(self, engine: Engine, tokenizer: Tokenizer) -> None:
        self._engine, self._tokenizer = engine, tokenizer
        self._ends = frozenset(tokenizer.control[name] for name in ENDS if name in tokenizer.control)
        self._tools: list[Wire] | None = None
        self._messages: list[Wire] = []
        """Those that are in the prompt."""
        self._prompt = Prompt(tokenizer)
        self._sampled: dict[str, list[int]] = {}
        """The ids of turns by what they say."""

    def ask(
        self,
        messages: Sequence[Wire],
        max_tokens: int,
        tools: list[Wire] | None = None,
        sampling: Sampling = Sampling(),  # noqa: B008  (it is frozen)
        stop: str = "",
    ) -> Answer:
        """Return the next turn, of `max_tokens` or what the window leaves; nothing of it is computed yet.

        stop: what is said to the user ends before this text.

        Raises:
            PromptTooLong: the prompt fills the window.
            FarsideError: it is no request that this model can be given.
        """
        self._grow(messages, tools)
        prompt = self._prompt.ids()
        room = min(max_tokens, self._engine.window - len(prompt))
        if room < 1:
            raise PromptTooLong(len(prompt), self._engine.window)
        stream = self._engine.start(Job(prompt, room, sampling, self._ends))
        return Answer(stream, TokenParser(self._tokenizer), StopText(stop), len(prompt), self._remember)

    def _grow(self, messages: Sequence[Wire], tools: list[Wire] | None) -> None:
        """Add what is new; a conversation that is not the last one gone on begins a new prompt."""
        known = len(self._messages)
        if tools != self._tools or list(messages[:known]) != self._messages:
            self._prompt, self._messages, self._tools = Prompt(self._tokenizer, tools), [], tools
        for message in messages[len(self._messages) :]:
            self._prompt.append(message, self._sampled.get(_words(message, len(self._messages))))
            self._messages.append(message)

    def _remember(self, answer: Answer) -> None:
        """Keep the ids of a turn that is whole."""
        if answer.ended_itself:
            self._sampled[_words(answer.turn.message, 0)] = answer.ids
            if len(self._sampled) > REMEMBERED:
                del self._sampled[next(iter(self._sampled))]


def _words(message: Wire, index: int) -> str:
    """Return messages[index] in its one form, as text; "" for what is not of the assistant."""
    return json.dumps(message_form(message, index, thinks=True)) if message.get("role") == "assistant" else ""
