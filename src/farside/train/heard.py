"""An engine as one run has it: shared with the runs beside it, with a budget of tokens; what is said is kept."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from threading import Event, Lock

from farside.engine.base import Engine, Job, Stream
from farside.train.examples import Example


@dataclass(frozen=True, slots=True)
class Table:
    """One engine for the runs of several threads: whoever asks for a token moves all of them on."""

    engine: Engine
    lock: Lock = field(default_factory=Lock)
    halted: Event = field(default_factory=Event)
    """Set: every run is to end within a token."""


@dataclass(slots=True)
class Said:
    """One prompt, and what was sampled for it."""

    prompt: list[int]
    ids: list[int]


class HeardStream:
    """See `farside.engine.base.Stream`."""

    def __init__(self, table: Table, stream: Stream, said: Said) -> None:
        self._table, self._stream, self._said = table, stream, said

    @property
    def cached(self) -> int:
        """See `Stream.cached`."""
        return self._stream.cached

    def __iter__(self) -> HeardStream:
        """Return itself."""
        return self

    def __next__(self) -> int:
        """Return the next id."""
        with self._table.lock:
            if self._table.halted.is_set():
                raise KeyboardInterrupt
            id = next(self._stream)
        self._said.ids.append(id)
        return id

    def close(self) -> None:
        """Sample no more."""
        with self._table.lock:
            self._stream.close()


class Heard:
    """See `farside.engine.base.Engine`. Each turn has chance of its own: the same for the same seed and turn."""

    def __init__(self, table: Table, budget: int, seed: str) -> None:
        """`budget`: tokens that may be sampled in all."""
        self._table, self._budget, self._seed = table, budget, seed
        self.said: list[Said] = []

    @property
    def window(self) -> int:
        """See `Engine.window`."""
        return self._table.engine.window

    @property
    def left(self) -> int:
        """Tokens that may still be sampled. Behind the last of them every reply is empty."""
        return self._budget - sum(len(said.ids) for said in self.said)

    def start(self, job: Job) -> HeardStream:
        """Take a job up."""
        chance = random.Random(f"{self._seed} {len(self.said)}").getrandbits(62)
        room, sampling = min(job.max_tokens, self.left), replace(job.sampling, seed=chance)
        self.said.append(Said(list(job.prompt), []))
        with self._table.lock:
            stream = self._table.engine.start(replace(job, max_tokens=room, sampling=sampling))
        return HeardStream(self._table, stream, self.said[-1])

    def close(self) -> None:
        """Do nothing: the others go on."""


def sequences(said: Iterable[Said]) -> list[Example]:
    """Return what a run said as few sequences: a prompt that goes on from the sequence before is part of it."""
    found: list[Example] = []
    for one in said:
        if not one.ids:
            continue
        if not (found and _goes_on(one.prompt, found[-1].ids)):
            found.append(Example([], []))
        last = found[-1]
        fresh = one.prompt[len(last.ids) :]
        last.ids.extend([*fresh, *one.ids])
        last.learnt.extend([False] * len(fresh) + [True] * len(one.ids))
    return found


def _goes_on(prompt: Sequence[int], ids: Sequence[int]) -> bool:
    return list(prompt[: len(ids)]) == list(ids)
