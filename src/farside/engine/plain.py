"""The plain engine: a model in memory, sequences in one row, a token each at a time. The oracle of the fast one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

import torch
from torch import Generator, Tensor

from farside.engine.base import Job
from farside.engine.kept import MOST, KeptCaches
from farside.engine.lookup import guessed
from farside.engine.sampling import choose
from farside.k2.latent_cache import LatentCache
from farside.k2.model import CausalLM

CHUNK = 256
"""Tokens of a prompt that run together; attention's scores for them are [heads, CHUNK, tokens so far]."""


class PlainStream:
    """See `base.Stream`."""

    def __init__(
        self, job: Job, cache: LatentCache, ahead: int, step: Callable[[], None], end: Callable[[PlainStream], None]
    ) -> None:
        self.job, self.cache, self.cached = job, cache, cache.length
        self._ahead, self._guess = ahead, list[int]()
        self.ids = list(job.prompt)
        """The prompt, then what was sampled; the first `cache.length` of them are computed."""
        self.over = job.max_tokens < 1
        self._step, self._end = step, end
        self._unread: deque[int] = deque()
        self._chance = Generator()
        if job.sampling.seed is None:
            self._chance.seed()
        else:
            self._chance.manual_seed(job.sampling.seed)

    def __iter__(self) -> PlainStream:
        """Return itself."""
        return self

    def __next__(self) -> int:
        """Return the next id."""
        while not self._unread:
            if self.over:
                self.close()
                raise StopIteration
            self._step()
        return self._unread.popleft()

    def fresh(self) -> Tensor:
        """Return the tokens to run next: of the prompt, or the last sampled one; behind the last known one a guess.

        The last token always runs, also where an interrupt fell between its run and the choice.
        """
        self._cut()
        known = self.ids[self.cache.length : self.cache.length + CHUNK]
        room = min(self._ahead, self._left - 1)
        is_last = self.cache.length + len(known) == len(self.ids)
        self._guess = guessed(self.ids, room) if is_last and room > 0 else []
        return torch.tensor(known + self._guess)

    @property
    def is_due(self) -> bool:
        """All that there is has been run: a token can be chosen."""
        return self.cache.length >= len(self.ids)

    def wanted(self, hidden: Tensor) -> Tensor:
        """Return, of what was run, the rows behind which a token is chosen: of the last known token and the guess."""
        return hidden[len(hidden) - len(self._guess) - 1 :]

    def take(self, logits: Tensor) -> None:
        """Choose tokens from logits [guess + 1, vocabulary]: one, and one more for each guess that is right."""
        for row, guess in zip(logits, [*self._guess, None], strict=True):
            id = choose(row, self.job.sampling, self._chance)
            self.ids.append(id)
            self._unread.append(id)
            self.over = id in self.job.ends or not self._left
            if self.over or id != guess:
                break
        self._cut()

    @property
    def _left(self) -> int:
        """Tokens that may still be sampled."""
        return len(self.job.prompt) + self.job.max_tokens - len(self.ids)

    def _cut(self) -> None:
        """Forget what was computed of wrong guesses, and of the last token."""
        self.cache.cut(min(self.cache.length, len(self.ids) - 1))

    def close(self) -> None:
        """Sample no more."""
        self.over = True
        self._end(self)


class PlainEngine:
    """See `base.Engine`. It is for one thread.

    A warm cache and sequences that run beside each other change the shapes of products, and so the rounding: the same
    seed gives the same text as long as rounding does not decide between two tokens.
    """

    def __init__(
        self,
        model: CausalLM,
        window: int | None = None,
        kept: int = MOST,
        ahead: int = 0,
        cached: torch.dtype | None = None,
    ) -> None:
        """`kept`: so many sequences that have ended are remembered, for those to come that go on from one.

        ahead: so many tokens are guessed and run together, where a sequence says again what it has said.
        cached: the type of the caches' rows; None: that of the embeddings.
        """
        self.window = window or model.config.max_position_embeddings
        self._model: CausalLM | None = model
        self._new_cache = partial(LatentCache, model.config, cached or model.model.embed_tokens.weight.dtype)
        self._running: list[PlainStream] = []
        self._kept, self._ahead = KeptCaches(kept), ahead

    def start(self, job: Job) -> PlainStream:
        """Take a job up."""
        assert job.prompt and len(job.prompt) + job.max_tokens <= self.window
        cache = self._kept.take(job.prompt) or self._new_cache()
        stream = PlainStream(job, cache, self._ahead, self._step, self._end)
        self._running.append(stream)
        return stream

    def close(self) -> None:
        """Let go of the model and of all that was computed."""
        self._model, self._running = None, []
        self._kept.clear()

    @torch.inference_mode()
    def _step(self) -> None:
        """Run the next tokens of every sequence in one row, and choose where a prompt is through."""
        assert self._model is not None, "the engine is closed"
        running = [stream for stream in self._running if not stream.over]
        fresh = [stream.fresh() for stream in running]
        hidden = self._model.model(fresh, [stream.cache for stream in running])
        for stream, rows in zip(running, hidden.split([*map(len, fresh)]), strict=True):
            if stream.is_due:
                stream.take(self._model.lm_head(stream.wanted(rows)))

    def _end(self, stream: PlainStream) -> None:
        if stream in self._running:
            self._running.remove(stream)
            self._kept.keep(stream.ids, stream.cache)
