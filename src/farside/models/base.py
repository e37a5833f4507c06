"""The seam to a model: one verb, what is known of the model, and the ways a request can fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from farside.errors import FarsideError
from farside.messages import Part, Reply, Request, Usage

OnPart = Callable[[Part], None]
OnNotice = Callable[[str], None]
"""Receives one sentence for whoever watches: "HTTP 429, waiting 12 s (try 2 of 6)"."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a model behind an endpoint. Ships as data, is corrected by what the endpoint says."""

    name: str
    """`provider/model`, as the user names it."""
    window: int
    """Context window in tokens, prompt and reply together."""
    max_tokens: int = 32_768
    """Default room for one reply, thinking included."""
    price_input: float = 0.0
    """USD per million prompt tokens that miss the cache."""
    price_cached: float = 0.0
    """USD per million prompt tokens read from the cache."""
    price_output: float = 0.0
    """USD per million generated tokens."""
    reasoning: Literal["reasoning_content", "reasoning", "reasoning_details", "thinking", "none"] = "none"
    """The message field in which the peer speaks thinking, and in which it is sent back."""
    ids: Literal["kimi", "own"] = "own"
    """`kimi`: `functions.<name>:<idx>` on the wire, idx over the whole conversation."""
    tools: Literal["native", "code"] = "native"
    """`code`: a short thought and one fenced Python block instead of tool calls."""
    empty_content: Literal["omit", "empty"] = "omit"
    """How an assistant message without text is sent: without the field, or with ""."""
    temperature: float | None = None
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """The body field that bounds a reply."""
    cache_key: bool = False
    """Whether the peer takes `prompt_cache_key`."""
    output_cap: int = 16_000
    """Characters of one tool output that the model is shown; the rest is reachable by recall."""
    attempts: int = 1
    """Independent attempts from which agreement is sought (small models); 1 = a single trajectory."""
    brief: bool = False
    """The model is told little, as each token counts: a short system prompt, and few tools in few words."""
    body: dict[str, object] = field(default_factory=dict)
    """Extra top-level fields of every request body, as data (`thinking`, `reasoning`, …)."""


class Model(Protocol):
    """One way to reach a model."""

    @property
    def profile(self) -> Profile:
        """What is known of the model."""
        ...

    def reply(self, request: Request, on_part: OnPart, on_notice: OnNotice) -> Reply:
        """Stream one reply to its end and return it assembled.

        Retries what is worth retrying itself, within its cap, and tells each wait through `on_notice`.

        Raises:
            ModelError: one of the kinds below, when retrying is over or senseless.
        """
        ...

    def close(self) -> None:
        """Free sockets, processes and memory. May be called twice."""
        ...


class ModelError(FarsideError):
    """A request that brought no usable reply."""


class Refused(ModelError):
    """The peer does not accept us: 401, 403, or a missing key. Not retried."""


class Rejected(ModelError):
    """The peer says the request itself is wrong: 400, 404, 422. Not retried."""


class ContextTooLong(ModelError):
    """Prompt and reply exceed the window. `limit` is the true window in tokens where the peer named it."""

    def __init__(self, message: str, next_step: str = "", limit: int | None = None) -> None:
        super().__init__(message, next_step)
        self.limit = limit


class QuotaSpent(ModelError):
    """A quota or balance is used up. `wake_at` is the Unix time at which it resets, where known."""

    def __init__(self, message: str, next_step: str = "", wake_at: float | None = None) -> None:
        super().__init__(message, next_step)
        self.wake_at = wake_at


class Unreachable(ModelError):
    """No connection, or 408/409/429/5xx, broken streams or stalls until the retries were used up."""


class Unusable(ModelError):
    """The peer answered, but with nothing usable (empty, only thinking) until the retries were used up."""

    def __init__(self, message: str, next_step: str = "", wasted: Usage | None = None) -> None:
        super().__init__(message, next_step)
        self.wasted = wasted or Usage()
        """What the unusable replies were billed for."""
