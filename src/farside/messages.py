"""The values that every room shares. All are frozen; none does I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call that the model asks for."""

    id: str
    """Inside farside its own id (`c1`, `c2`, … over the run), never the model's; on a Request the id for the wire."""
    name: str
    arguments: str
    """JSON text of one object."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation, in no provider's dialect."""

    role: Role
    text: str = ""
    thinking: str = ""
    """What the model thought before `text` and `calls`; assistant only."""
    calls: tuple[ToolCall, ...] = ()
    """Assistant only."""
    call_id: str = ""
    """The ToolCall.id that this answers; tool only."""
    name: str = ""
    """The tool that answers; tool only."""
    details: str = ""
    """JSON text of opaque reasoning items that the peer wants back unmodified (OpenRouter's reasoning_details)."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that one request was billed for."""

    input: int = 0
    """All prompt tokens, the cached ones included."""
    cached: int = 0
    """Prompt tokens read from the provider's prefix cache."""
    output: int = 0
    """Generated tokens, thinking included."""

    def __add__(self, other: Usage) -> Usage:
        """Add field by field."""
        return Usage(self.input + other.input, self.cached + other.cached, self.output + other.output)


@dataclass(frozen=True, slots=True)
class Part:
    """One streamed piece of a reply, for whoever watches; the assembled Reply is the truth."""

    kind: Literal["thinking", "text", "call"]
    text: str
    """The new characters; for "call" the tool's name once and then pieces of its arguments."""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """What a model is told of a tool."""

    name: str
    description: str
    schema: str
    """JSON text of the JSON Schema of its arguments: an object, each property with a type."""


@dataclass(frozen=True, slots=True)
class Request:
    """All that goes to a model for one reply: already valid for the profile it was projected for."""

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    """Empty in the `code` dialect and when the final answer is asked for."""
    max_tokens: int = 32_768
    """Room for thinking and answer together."""
    temperature: float | None = None
    seed: int | None = None
    schema: str = ""
    """JSON text of the JSON Schema that the reply must follow; "" = any text."""
    stop: str = ""
    """The reply ends before this text; "" = it ends by itself."""
    cache_key: str = ""
    """The same over a run, so that a provider keeps its prefix cache warm."""


Finish = Literal["stop", "calls", "length"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One assembled answer of a model."""

    message: Message
    """Role assistant. Call ids are the peer's own, whatever they are; the agent renames them on the way in."""
    usage: Usage
    finish: Finish
    model: str = ""
    """The model that the peer says answered."""
    anomalies: tuple[str, ...] = ()
    """What had to be repaired on the way in, one short sentence each (a call salvaged from the thinking, …)."""
    wasted: Usage = Usage()
    """Billed besides `usage`, for unusable replies that were thrown away and asked for again."""
