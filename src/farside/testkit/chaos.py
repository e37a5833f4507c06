"""Seeded faults: at most one a request, in a given share of requests."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from farside.messages import Message, ToolCall


class Fault(StrEnum):
    """What can go wrong with one request."""

    THROTTLED = "throttled"
    """429 with Retry-After."""
    BROKEN_SERVER = "broken-server"
    """500."""
    CUT = "cut"
    """The connection closes in the middle of the stream."""
    STALL = "stall"
    """The stream stops and the connection stays open."""
    BAD_JSON = "bad-json"
    """The arguments of a call are no JSON."""
    THOUGHT_CALL = "thought-call"
    """The call stands as control tokens in the thinking."""
    EMPTY = "empty"
    """Neither thinking nor text nor calls."""
    ONLY_THINKING = "only-thinking"
    """Thinking, then the end."""
    WRONG_USAGE = "wrong-usage"
    """Usage is absent, zero, negative, huge or no number."""


class Chaos:
    """Draws faults: the same seed gives the same ones."""

    def __init__(self, seed: int, rate: float = 0.1, kinds: Sequence[Fault] = tuple(Fault)) -> None:
        self._random = random.Random(seed)
        self._rate = rate
        self._kinds = kinds

    def draw(self, reply: Message) -> Fault | None:
        """Return the fault of this request, of the kinds that this reply can suffer."""
        hit = self._random.random() < self._rate
        kinds = [kind for kind in self._kinds if reply.calls or kind not in (Fault.BAD_JSON, Fault.THOUGHT_CALL)]
        return self._random.choice(kinds) if hit and kinds else None

    def spoil(self, fault: Fault | None, reply: Message) -> Message:
        """Return the reply as the fault leaves it."""
        match fault:
            case Fault.BAD_JSON:
                spoiled = self._random.choice(_SPOILERS)(reply.calls[-1].arguments)
                return replace(reply, calls=(*reply.calls[:-1], replace(reply.calls[-1], arguments=spoiled)))
            case Fault.THOUGHT_CALL:
                thinking = reply.thinking + self._random.choice(_SECTIONS).replace("CALLS", _tokens(reply.calls))
                return Message("assistant", thinking=thinking)
            case Fault.EMPTY:
                return Message("assistant")
            case Fault.ONLY_THINKING:
                return Message("assistant", thinking=reply.thinking or "Let me think.")
            case _:
                return reply

    def wrong_usage(self, right: dict[str, object]) -> dict[str, object]:
        """Return a usage that is none."""
        wrongs: list[dict[str, object]] = [
            {},
            {**right, "prompt_tokens": 0, "completion_tokens": 0},
            {**right, "prompt_tokens": -1},
            {**right, "prompt_tokens": 10**9},
            {**right, "completion_tokens": "many"},
        ]
        return self._random.choice(wrongs)


_SECTIONS = (
    "<|tool_calls_section_begin|>CALLS<|tool_calls_section_end|>",
    "<|tool_call_section_begin|>CALLS<|tool_call_section_end|>",
    "<|tool_calls_section_begin|>CALLS",
    "CALLS",
)
_SPOILERS = (
    lambda text: text[: len(text) // 2],
    lambda text: text[:-1] + ",}",
    lambda text: text.replace('"', "'"),
    lambda text: text.replace("\\n", "\n") + "}",
)


def _tokens(calls: Sequence[ToolCall]) -> str:
    return "".join(
        f"<|tool_call_begin|>{call.id}<|tool_call_argument_begin|>{call.arguments}<|tool_call_end|>" for call in calls
    )
