"""Held-out tasks through the real agent, with a K2 checkpoint or any other model: which there are, and how one ends.

Tasks and their seeds are always the same, so that ways of driving a model can be compared on them, and a try that is
kept in a file need not be made again.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from farside.agent.state import RunState
from farside.config import Config
from farside.messages import Reply, Request
from farside.models.base import Model, OnNotice, OnPart, Profile
from farside.models.catalog import open_model
from farside.train.runs import home, run
from farside.train.tasks import task
from farside.train.tasks.task import Task

FIRST = 40_000
"""Number of the first task: none is counted that was looked at while the model was made."""
NEAR = 0.8
"""A task is of a length when it has so much of it; of the shortest every family has some."""
What = tuple[str, int, int]
"""Family, length and number of a task."""


@dataclass(frozen=True, slots=True)
class Lent:
    """A model that stays open when a run ends."""

    model: Model

    @property
    def profile(self) -> Profile:
        return self.model.profile

    def reply(self, request: Request, on_part: OnPart, on_notice: OnNotice) -> Reply:
        return self.model.reply(request, on_part, on_notice)

    def close(self) -> None:
        """The next run needs it."""


@dataclass(frozen=True, slots=True)
class Way:
    """How the model is driven."""

    model: str
    plain: bool
    """Without min-p."""
    context: str


@dataclass(frozen=True, slots=True)
class Try:
    """What came of one task."""

    way: Way
    what: What
    right: bool
    seconds: float
    tokens: int
    """That the model said."""
    told: str

    @property
    def family(self) -> str:
        return self.what[0]

    @property
    def steps(self) -> int:
        return self.what[1]


def asked(families: Sequence[str], steps: Sequence[int], count: int) -> Iterator[What]:
    """Yield family, length and number of each task."""
    for length in sorted(steps):
        for number in range(FIRST, FIRST + count):
            for family in families:
                if length == min(steps) or held_out(family, length, number).steps >= NEAR * length:
                    yield family, length, number


def held_out(family: str, length: int, number: int) -> Task:
    """Return a task that no training has seen."""
    return task(family, number, "held-out", length)


def made(jobs: Sequence[tuple[Way, What]], file: Path | None, workers: int) -> Iterator[Try]:
    """Yield all tries: those that the file holds, then those that are made now, as they end."""
    before = {(one.way, one.what): one for one in kept(file)} if file else {}
    yield from (before[job] for job in jobs if job in before)
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for future in as_completed([pool.submit(tried, *job) for job in jobs if job not in before]):
            one = future.result()
            if file:
                keep(file, one)
            print(one.told, file=sys.stderr, flush=True)
            yield one


def tried(way: Way, what: What) -> Try:
    """Run one task."""
    family, length, number = what
    one, model, began = held_out(family, length, number), opened(way), time.monotonic()
    with home():
        done = run(one, lambda: Lent(model), model.profile.name, way.context, seed=number)
    seconds = time.monotonic() - began
    line = f"{one.name} {length:>4}: {verdict(done.state, done.right)}  {seconds:.0f} s"
    return Try(way, what, done.right, seconds, done.state.usage.output, line)


@cache
def opened(way: Way) -> Model:
    """Open the model, once a process."""
    return open_model(way.model, config=Config(profiles={way.model: {"body": {}}} if way.plain else {}))


def verdict(state: RunState, right: bool) -> str:
    """Return how a run ended, in a word and with what it said."""
    said = " ".join((state.answer or state.reason).split())[:80]
    return f"{'right' if right else 'wrong'} after {state.steps} steps: {said}"


def keep(path: Path, done: Try) -> None:
    """Add a try to those of a file, a line each."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(done), ensure_ascii=False) + "\n")


def kept(path: Path) -> Iterator[Try]:
    """Yield the tries of a file; of one that is not there, none."""
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        held = json.loads(line)
        yield Try(**{**held, "way": Way(**held["way"]), "what": tuple(held["what"])})
