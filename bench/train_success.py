"""K2-mini: how often it reaches the goal of a held-out task, by family and number of steps, through the real agent.

    python -m bench.train_success --model k2/mini --steps 5 20 60 --tries 10 [--families bills notes]

Each try is a task of its own over real files, with real tools in the sandbox, at the model's own temperature. A rate
is told with its 95% interval.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.intervals import told
from farside.agent.state import RunState
from farside.messages import Reply, Request
from farside.models.base import Model, OnNotice, OnPart, Profile
from farside.models.catalog import open_model
from farside.train.runs import home, run
from farside.train.tasks import FAMILIES, task


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
class Try:
    """What came of one task."""

    family: str
    steps: int
    right: bool
    seconds: float
    tokens: int
    """That the model said."""


def tries(model: Model, families: list[str], steps: list[int], count: int, context: str) -> Iterator[Try]:
    """Run so many held-out tasks of each family and length; tell each as it ends."""
    for length in steps:
        for family in families:
            for seed in range(count):
                one = task(family, 10_000 + seed, "held-out", length)
                began = time.monotonic()
                done = run(one, lambda: Lent(model), model.profile.name, context, seed)
                seconds = time.monotonic() - began
                print(f"{one.name} {length:>4}: {verdict(done.state, done.right)}  {seconds:.0f} s", file=sys.stderr)
                yield Try(family, length, done.right, seconds, done.state.usage.output)


def verdict(state: RunState, right: bool) -> str:
    """Return how a run ended, in a word and with what it said."""
    said = " ".join((state.answer or state.reason).split())[:80]
    return f"{'right' if right else 'wrong'} after {state.steps} steps: {said}"


def table(done: list[Try]) -> str:
    """Return the rates by length and family."""
    rows = ["| steps | family | right | tokens a second |", "|---|---|---|---|"]
    for length in sorted({one.steps for one in done}):
        same = [one for one in done if one.steps == length]
        for family in [*dict.fromkeys(one.family for one in same), "all"]:
            own = [one for one in same if family in (one.family, "all")]
            speed = sum(one.tokens for one in own) / sum(one.seconds for one in own)
            rows.append(f"| {length} | {family} | {told(sum(one.right for one in own), len(own))} | {speed:.0f} |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="k2/mini")
    parser.add_argument("--families", nargs="+", choices=list(FAMILIES), default=list(FAMILIES))
    parser.add_argument("--steps", nargs="+", type=int, default=[5, 20, 60])
    parser.add_argument("--tries", type=int, default=10)
    parser.add_argument("--context", default="keep-latest")
    options = parser.parse_args()
    with home():
        model = open_model(options.model)
        try:
            print(table(list(tries(model, options.families, options.steps, options.tries, options.context))))
        finally:
            model.close()


if __name__ == "__main__":
    main()
