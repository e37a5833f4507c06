"""An engine that says what it is told: an implementation of the seam without a model, and models to run for real."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from farside.engine.base import Job, Stream
from tests.k2.speaking import SMALL


class ToldStream:
    """Says its ids, and no more than the job allows."""

    def __init__(self, ids: Sequence[int], job: Job, cached: int) -> None:
        self.cached = cached
        self.closed = False
        self._ids = self._said(ids, job)

    @staticmethod
    def _said(ids: Sequence[int], job: Job) -> Iterator[int]:
        for id in ids[: job.max_tokens]:
            yield id
            if id in job.ends:
                return

    def __iter__(self) -> "ToldStream":
        return self

    def __next__(self) -> int:
        if self.closed:
            raise StopIteration
        return next(self._ids)

    def close(self) -> None:
        self.closed = True


class Told:
    """Answers job n with the n-th turn; what it was given is in `jobs`."""

    def __init__(self, *turns: Sequence[int], window: int = 4096) -> None:
        self.window = window
        self.jobs: list[Job] = []
        self.streams: list[ToldStream] = []
        self.closed = 0
        self._turns = iter(turns)
        self._held: list[int] = []

    def start(self, job: Job) -> Stream:
        self.jobs.append(job)
        ids = next(self._turns)
        alike = next((i for i, (a, b) in enumerate(zip(self._held, job.prompt, strict=False)) if a != b), None)
        cached = min(len(self._held), len(job.prompt) - 1) if alike is None else alike
        self._held = [*job.prompt, *ids]
        self.streams.append(ToldStream(ids, job, cached))
        return self.streams[-1]

    def close(self) -> None:
        self.closed += 1


def ids_of(markup: str) -> list[int]:
    """Return a turn as the small tokenizer writes it."""
    return SMALL.encode_markup(markup)


def by_byte(markup: str) -> list[int]:
    """Return a turn as a model may sample it and no tokenizer would write it: without one merge."""
    ids: list[int] = []
    for piece in SMALL.pieces(SMALL.encode_markup(markup)):
        ids += piece.encode() if isinstance(piece, str) else [SMALL.control[piece.name]]
    return ids


def checkpoint(folder: Path) -> Path:
    """Write a small random checkpoint that runs fast: in fp32, two layers, a tokenizer of bytes."""
    from tests.k2 import checkpoints

    return checkpoints.int4(folder, replace(checkpoints.SMALL, dtype="float32", num_hidden_layers=2))
