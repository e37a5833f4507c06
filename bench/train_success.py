"""K2-mini: how often it reaches the goal of a held-out task, by family and number of steps, through the real agent.

    python -m bench.train_success --model k2/mini --steps 5 20 60 --tries 10 [--families bills notes] [--plain]

Each try is a task of its own over real files, with real tools in the sandbox, at temperature 1.0 and min-p 0.1 as the
checkpoint asks for; --plain: without min-p. A family that has no task of a length is left out there. A rate is told
with its 95% interval. The tasks and their seeds are always the same.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context

from bench.intervals import told
from farside.agent.state import RunState
from farside.messages import Reply, Request
from farside.models.base import Model, OnNotice, OnPart, Profile
from farside.models.k2 import open_k2
from farside.train.runs import home, run
from farside.train.tasks import FAMILIES, task
from farside.train.tasks.task import Task

FIRST = 30_000
"""Number of the first task: none is counted that was looked at while the model was made."""
NEAR = 0.8
"""A task is of a length when it has so much of it; of the shortest every family has some."""


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
    context: str


@dataclass(frozen=True, slots=True)
class Try:
    """What came of one task."""

    family: str
    steps: int
    right: bool
    seconds: float
    tokens: int
    """That the model said."""
    told: str


def asked(families: list[str], steps: list[int], count: int) -> Iterator[tuple[str, int, int]]:
    """Yield family, length and number of each task."""
    for length in sorted(steps):
        for number in range(FIRST, FIRST + count):
            for family in families:
                if length == min(steps) or held_out(family, length, number).steps >= NEAR * length:
                    yield family, length, number


def held_out(family: str, length: int, number: int) -> Task:
    """Return a task that no training has seen."""
    return task(family, number, "held-out", length)


def tried(way: Way, what: tuple[str, int, int]) -> Try:
    """Run one task."""
    family, length, number = what
    one, model, began = held_out(family, length, number), opened(way), time.monotonic()
    with home():
        done = run(one, lambda: Lent(model), model.profile.name, way.context, seed=number)
    seconds = time.monotonic() - began
    line = f"{one.name} {length:>4}: {verdict(done.state, done.right)}  {seconds:.0f} s"
    return Try(family, length, done.right, seconds, done.state.usage.output, line)


@cache
def opened(way: Way) -> Model:
    """Open the model, once a process."""
    overrides: Mapping[str, object] = {"body": {}} if way.plain else {}
    return open_k2(way.model, overrides)


def verdict(state: RunState, right: bool) -> str:
    """Return how a run ended, in a word and with what it said."""
    said = " ".join((state.answer or state.reason).split())[:80]
    return f"{'right' if right else 'wrong'} after {state.steps} steps: {said}"


def table(done: list[Try]) -> str:
    """Return the rates by length and family."""
    rows = ["| steps | family | right | tokens a second |", "|---|---|---|---|"]
    for length in sorted({one.steps for one in done}):
        same = [one for one in done if one.steps == length]
        for family in [*sorted({one.family for one in same}), "all"]:
            own = [one for one in same if family in (one.family, "all")]
            speed = sum(one.tokens for one in own) / sum(one.seconds for one in own)
            rows.append(f"| {length} | {family} | {told(sum(one.right for one in own), len(own))} | {speed:.0f} |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="k2/mini")
    parser.add_argument("--families", nargs="+", choices=list(FAMILIES), default=list(FAMILIES))
    parser.add_argument("--steps", nargs="+", type=int, default=[5, 20, 60])
    parser.add_argument("--tries", type=int, default=10, help="of each family and length")
    parser.add_argument("--context", default="keep-latest")
    parser.add_argument("--plain", action="store_true", help="temperature 1.0 without min-p")
    parser.add_argument("--workers", type=int, default=2, help="tasks at a time")
    options = parser.parse_args()
    way = Way(options.model, options.plain, options.context)
    done = []
    with ProcessPoolExecutor(options.workers, get_context("spawn")) as pool:
        tasks = asked(options.families, options.steps, options.tries)
        for future in as_completed([pool.submit(tried, way, each) for each in tasks]):
            done.append(future.result())
            print(done[-1].told, file=sys.stderr, flush=True)
    print(f"{options.model}, {options.context}, {'no' if options.plain else 'with'} min-p")
    print(table(done))


if __name__ == "__main__":
    main()
