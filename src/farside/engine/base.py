"""The seam to whatever runs a model: token ids in, sampled ids out, several sequences at a time.

`plain.PlainEngine` is the plain form, and the oracle of every faster one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from farside.errors import FarsideError


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen.

    Raises:
        FarsideError: a number makes no sense.
    """

    temperature: float = 1.0
    """Logits are divided by it; 0: always the likeliest token."""
    top_p: float = 1.0
    """Of the likeliest tokens, those that make up this much probability stay: 0 < top_p <= 1."""
    min_p: float = 0.0
    """Tokens stay that have this share of the likeliest one's probability: 0 <= min_p <= 1."""
    seed: int | None = None
    """With the same seed and the same logits the same tokens are chosen."""

    def __post_init__(self) -> None:
        right = {
            "temperature": 0 <= self.temperature < float("inf"),
            "top_p": 0 < self.top_p <= 1,
            "min_p": 0 <= self.min_p <= 1,
        }
        for name, is_right in right.items():
            if not is_right:
                limits = "temperature 0 or more, top_p above 0 to 1, min_p 0 to 1"
                raise FarsideError(f"{name} = {getattr(self, name)} makes no sense.", f"give {limits}")


@dataclass(frozen=True, slots=True)
class Job:
    """One sequence to continue."""

    prompt: Sequence[int]
    """One token at least."""
    max_tokens: int
    """How many may be sampled; with the prompt they fit the window."""
    sampling: Sampling = Sampling()
    ends: frozenset[int] = frozenset()
    """The sequence ends with the first of these that is sampled."""


class Stream(Protocol):
    """The sampled ids of one job, as they come; what has ended it is the last of them."""

    @property
    def cached(self) -> int:
        """Tokens of the prompt that are not computed anew: an earlier sequence began with them."""

    def __iter__(self) -> Self:
        """Return itself."""

    def __next__(self) -> int:
        """Return the next id; sequences that run beside this one go on meanwhile, and theirs wait for whoever asks.

        KeyboardInterrupt ends it within a token. What was computed by then is not lost for the next sequence.
        """

    def close(self) -> None:
        """Sample no more. May be called twice; a stream that was read to its end needs it not."""


class Engine(Protocol):
    """A model that is ready to run."""

    @property
    def window(self) -> int:
        """Tokens of a sequence, prompt and sampled ones together."""

    def start(self, job: Job) -> Stream:
        """Take a job up; nothing is computed before the first id is asked for."""

    def close(self) -> None:
        """Free the memory. May be called twice."""
