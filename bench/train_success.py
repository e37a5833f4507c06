"""K2-mini: how often it reaches the goal of a held-out task, by family and number of steps, through the real agent.

    python -m bench.train_success --model k2/mini --steps 5 20 60 --tries 10 [--families bills] [--ways min-p plain]

Each try is a task of its own over real files, with real tools in the sandbox, at temperature 1.0. Ways: `min-p`, with
min-p 0.1 as the checkpoint asks for, under keep-latest; `plain`, without min-p; `hide-all`, with min-p, and all is
kept in the context until its window is full. A family that has no task of a length is left out there. A rate is told
with its 95% interval. The tasks and their seeds are always the same, for all ways. With --kept tries are written to a
file, and those that it holds are not made again: a long measurement goes on where it was stopped, and all that the
file holds of the model is told. They are known by the model's name, so other weights want another file. The plot lies
in docs/train_success.svg.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.intervals import told
from bench.rates import plot_steps
from bench.tries import Try, Way, asked, kept, made
from farside.train.picture import check_drawing
from farside.train.tasks import FAMILIES

PLOT = Path("docs/train_success.svg")
WAYS = {"min-p": (False, "keep-latest"), "plain": (True, "keep-latest"), "hide-all": (False, "hide-all")}
"""Without min-p, and the policy of context."""


def name_of(way: Way) -> str:
    """Return what a way is called."""
    return next(name for name, how in WAYS.items() if how == (way.plain, way.context))


def table(done: Sequence[Try]) -> str:
    """Return the rates by way, length and family."""
    rows = ["| way | steps | family | right | tokens a second |", "|---|---|---|---|---|"]
    for way in dict.fromkeys(one.way for one in done):
        for length in sorted({one.steps for one in done}):
            same = [one for one in done if (one.way, one.steps) == (way, length)]
            for family in [*sorted({one.family for one in same}), "all"] if same else ():
                own = [one for one in same if family in (one.family, "all")]
                speed = sum(one.tokens for one in own) / sum(one.seconds for one in own)
                rate = told(sum(one.right for one in own), len(own))
                rows.append(f"| {name_of(way)} | {length} | {family} | {rate} | {speed:.0f} |")
    return "\n".join(rows)


def plot(path: Path, done: Sequence[Try]) -> None:
    """Draw the rates over the number of steps, a line for each way."""
    named: dict[str, dict[float, list[bool]]] = {}
    for one in sorted(done, key=lambda one: one.steps):
        named.setdefault(name_of(one.way), {}).setdefault(one.steps, []).append(one.right)
    plot_steps(path, named)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="k2/mini")
    parser.add_argument("--families", nargs="+", choices=list(FAMILIES), default=list(FAMILIES))
    parser.add_argument("--steps", nargs="+", type=int, default=[5, 20, 60])
    parser.add_argument("--tries", type=int, default=10, help="of each family and length")
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=["min-p"])
    parser.add_argument("--workers", type=int, default=2, help="tasks at a time")
    parser.add_argument("--kept", type=Path, metavar="FILE", help="where tries are kept")
    parser.add_argument("--out", type=Path, default=PLOT)
    options = parser.parse_args(arguments)
    check_drawing()
    ways = [Way(options.model, *WAYS[name]) for name in options.ways]
    whats = list(asked(options.families, options.steps, options.tries))
    done = list(made([(way, what) for way in ways for what in whats], options.kept, options.workers))
    if options.kept:
        done = [one for one in kept(options.kept) if one.way.model == options.model]
    print(options.model)
    print(table(done))
    plot(options.out, done)


if __name__ == "__main__":
    main()
