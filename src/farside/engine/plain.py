"""The plain engine: a model in memory, sequences in one row, a token each at a time. The oracle of the fast one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import accumulate

import torch
from torch import Generator, Tensor

from farside.engine.base import Job
from farside.engine.kept import MOST, KeptCaches
from farside.engine.sampling import choose
from farside.k2.latent_cache import LatentCache
from farside.k2.model import CausalLM

CHUNK = 256
"""Tokens of a prompt that run together; attention's scores for them are [heads, CHUNK, tokens so far]."""


class PlainStream:
    """See `base.Stream`."""

    def __init__(
        self, job: Job, cache: LatentCache, step: Callable[[], None], end: Callable[[PlainStream], None]
    ) -> None:
        self.job, self.cache, self.cached = job, cache, cache.length
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
        """Return the tokens to run next: of the prompt, or the last sampled one.

        The last token always runs, also where an interrupt fell between its run and the choice.
        """
        self.cache.cut(min(self.cache.length, len(self.ids) - 1))
        return torch.tensor(self.ids[self.cache.length : self.cache.length + CHUNK])

    @property
    def is_due(self) -> bool:
        """All that there is has been run: a token can be chosen."""
        return self.cache.length == len(self.ids)

    def take(self, logits: Tensor) -> None:
        """Choose the next token."""
        id = choose(logits, self.job.sampling, self._chance)
        self.ids.append(id)
        self._unread.append(id)
        self.over = id in self.job.ends or len(self.ids) == len(self.job.prompt) + self.job.max_tokens

    def close(self) -> None:
        """Sample no more."""
        self.over = True
        self._end(self)


class PlainEngine:
    """See `base.Engine`. It is for one thread.

    A warm cache and sequences that run beside each other change the shapes of products, and so the rounding: the same
    seed gives the same text as long as rounding does not decide between two tokens.
    """

    def __init__(self, model: CausalLM, window: int | None = None, kept: int = MOST) -> None:
        """`kept`: so many sequences that have ended are remembered, for those to come that go on from one."""
        self.window = window or model.config.max_position_embeddings
        self._model: CausalLM | None = model
        self._new_cache = partial(LatentCache, model.config, model.model.embed_tokens.weight.dtype)
        self._running: list[PlainStream] = []
        self._kept = KeptCaches(kept)

    def start(self, job: Job) -> PlainStream:
        """Take a job up."""
        assert job.prompt and len(job.prompt) + job.max_tokens <= self.window
        cache = self._kept.take(job.prompt) or self._new_cache()
        stream = PlainStream(job, cache, self._step, self._end)
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
        for stream, behind in zip(running, accumulate(map(len, fresh)), strict=True):
            if stream.is_due:
                stream.take(self._model.lm_head(hidden[behind - 1]))

    def _end(self, stream: PlainStream) -> None:
        if stream in self._running:
            self._running.remove(stream)
            self._kept.keep(stream.ids, stream.cache)
