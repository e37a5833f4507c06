"""INT4: quantization-aware training against bf16 and against plain rounding, on the same tasks, by number of steps.

    python -m bench.train_int4 --bf16 RUN/STAGE/model.pt --qat RUN/STAGE/model.pt --data build/data/short --tries 10

Three checkpoints do the same held-out tasks through the real agent: the bf16 weights as they are, the bf16 weights
rounded to INT4 after training, and the weights that were trained with the rounding, rounded. For a fair comparison
both trainings have the same stages, one with experts = "int4" and one with "bf16" in them. K2's claim is that
errors of rounding add up over long chains. The plot lies in docs/train_int4.svg.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import torch

from bench.intervals import paired, told
from bench.rates import plot_steps
from bench.tries import Way, What, asked, tried
from farside.errors import FarsideError
from farside.k2.config import Config
from farside.train.export import export
from farside.train.settings import Settings, read_settings
from farside.train.tasks import FAMILIES

PLOT = Path("docs/train_int4.svg")
BF16, ROUNDED, QAT = "bf16", "rounded after training", "trained with rounding"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one checkpoint did on one task."""

    name: str
    what: What
    right: bool


def checkpoints(bf16: Path, qat: Path, tokenizer: Path, settings: Settings, place: Path) -> dict[str, Path]:
    """Write the three checkpoints.

    Raises:
        FarsideError: a file does not lie in the folder of a stage.
    """
    folders = {BF16: place / "bf16", ROUNDED: place / "rounded", QAT: place / "qat"}
    for name, weights in ((BF16, bf16), (ROUNDED, bf16), (QAT, qat)):
        held = torch.load(weights, weights_only=True)
        shape = shape_of(weights, settings)
        export(held, shape, tokenizer, folders[name], "bf16" if name == BF16 else "int4")
    return folders


def shape_of(weights: Path, settings: Settings) -> Config:
    """Return the shape that a stage trained, known by the folder in which its weights lie."""
    for stage in settings.stages:
        if stage.name == weights.parent.name:
            return settings.shape_of(stage)
    raise FarsideError(
        f"No stage is called {weights.parent.name}.",
        "name RUN/STAGE/model.pt, and the run's --config",
    )


def outcome(ways: Mapping[str, Way], one: tuple[str, What]) -> Outcome:
    """Let a checkpoint do a task."""
    name, what = one
    done = tried(ways[name], what)
    print(f"{name}: {done.told}", file=sys.stderr, flush=True)
    return Outcome(name, what, done.right)


def rights(outcomes: Sequence[Outcome], name: str, length: int) -> dict[What, bool]:
    """Return how a checkpoint did, by task of a length."""
    return {each.what: each.right for each in outcomes if each.name == name and each.what[1] == length}


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the rates by length, and the differences on the same tasks."""
    rows = [f"| steps | {BF16} | {ROUNDED} | {QAT} | it over bf16 | it over rounding |", "|---" * 6 + "|"]
    for length in sorted({each.what[1] for each in outcomes}):
        each = {name: rights(outcomes, name, length) for name in (BF16, ROUNDED, QAT)}
        rates = [told(sum(one.values()), len(one)) for one in each.values()]
        over = [difference(each[QAT], each[other]) for other in (BF16, ROUNDED)]
        rows.append(f"| {' | '.join([str(length), *rates, *over])} |")
    return "\n".join(rows)


def difference(one: Mapping[What, bool], other: Mapping[What, bool]) -> str:
    """Return by how much one is better on the same tasks."""
    gained, lost = (sum(a[what] and not b[what] for what in a) for a, b in ((one, other), (other, one)))
    return paired(gained, lost, len(one))


def plot(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Draw the rates over the number of steps."""
    lengths = sorted({each.what[1] for each in outcomes})
    plot_steps(
        path,
        {
            name: {length: list(rights(outcomes, name, length).values()) for length in lengths}
            for name in (BF16, ROUNDED, QAT)
        },
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bf16", type=Path, required=True, metavar="FILE", help="weights trained without rounding")
    parser.add_argument("--qat", type=Path, required=True, metavar="FILE", help="weights trained with rounding")
    parser.add_argument("--data", type=Path, required=True, help="a folder with the tokenizer's two files")
    parser.add_argument("--config", type=Path, help="settings of the trainings; default: K2-mini's")
    parser.add_argument("--families", nargs="+", choices=list(FAMILIES), default=list(FAMILIES))
    parser.add_argument("--steps", type=int, nargs="+", default=[5, 20, 60])
    parser.add_argument("--tries", type=int, default=10, help="of each family and length")
    parser.add_argument("--context", default="keep-latest")
    parser.add_argument("--workers", type=int, default=2, help="tasks at a time")
    parser.add_argument("--quick", action="store_true", help="one task of three steps that is declined: does it run?")
    parser.add_argument("--out", type=Path, default=PLOT)
    options = parser.parse_args(arguments)
    whats = asked(["declining"], [3], 1) if options.quick else asked(options.families, options.steps, options.tries)
    try:
        with tempfile.TemporaryDirectory() as place:
            settings = read_settings(options.config)
            folders = checkpoints(options.bf16, options.qat, options.data, settings, Path(place))
            ways = {name: Way(f"k2/{folder}", False, options.context) for name, folder in folders.items()}
            every = [(name, what) for what in whats for name in ways]
            with get_context("spawn").Pool(options.workers) as pool:
                outcomes = list(pool.imap_unordered(partial(outcome, ways), every))
    except FarsideError as error:
        sys.exit(f"{error} {error.next_step}")
    print(table(outcomes))
    plot(options.out, outcomes)


if __name__ == "__main__":
    main()
