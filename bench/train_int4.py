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
from pathlib import Path

from bench.compared import Rights, difference, rights_of
from bench.intervals import told
from bench.rates import plot_steps
from bench.tries import Way, asked, made
from farside.errors import FarsideError
from farside.k2.config import Config
from farside.train.export import export
from farside.train.settings import Settings, read_settings
from farside.train.tasks import FAMILIES
from farside.train.weights import model_of

PLOT = Path("docs/train_int4.svg")
BF16, ROUNDED, QAT = "bf16", "rounded after training", "trained with rounding"
PAIRS = ((BF16, ROUNDED), (BF16, QAT), (ROUNDED, QAT))
"""What is compared with what."""


def checkpoints(bf16: Path, qat: Path, tokenizer: Path, settings: Settings, place: Path) -> dict[str, Path]:
    """Write the three checkpoints.

    Raises:
        FarsideError: a file does not lie in the folder of a stage, or holds no weights of it.
    """
    folders = {BF16: place / "bf16", ROUNDED: place / "rounded", QAT: place / "qat"}
    for name, weights in ((BF16, bf16), (ROUNDED, bf16), (QAT, qat)):
        shape = shape_of(weights, settings)
        model = model_of(shape, weights)
        export(model.state_dict(), shape, tokenizer, folders[name], "bf16" if name == BF16 else "int4")
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


def of_length(rights: Rights, length: int) -> Rights:
    """Return those of a length."""
    return {what: right for what, right in rights.items() if what[1] == length}


def lengths_of(named: Mapping[str, Rights]) -> list[int]:
    """Return the lengths that there are."""
    return sorted({length for _, length, _ in named[BF16]})


def table(named: Mapping[str, Rights]) -> str:
    """Return the rates by length, and the differences on the same tasks."""
    heads = ["steps", BF16, ROUNDED, QAT, *(f"{later}, over {before}" for before, later in PAIRS)]
    rows = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for length in lengths_of(named):
        each = {name: of_length(rights, length) for name, rights in named.items()}
        rates = [told(sum(one.values()), len(one)) for one in each.values()]
        over = [difference(each[before], each[later]) for before, later in PAIRS]
        rows.append(f"| {' | '.join([str(length), *rates, *over])} |")
    return "\n".join(rows)


def plot(path: Path, named: Mapping[str, Rights]) -> None:
    """Draw the rates over the number of steps."""
    steps = lengths_of(named)
    plot_steps(
        path,
        {name: {each: list(of_length(rights, each).values()) for each in steps} for name, rights in named.items()},
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
    which = (["declining"], [3], 1) if options.quick else (options.families, options.steps, options.tries)
    try:
        with tempfile.TemporaryDirectory() as place:
            settings = read_settings(options.config)
            folders = checkpoints(options.bf16, options.qat, options.data, settings, Path(place))
            ways = {name: Way(f"k2/{folder}", False, options.context) for name, folder in folders.items()}
            jobs = [(way, what) for what in asked(*which) for way in ways.values()]
            named = rights_of(list(made(jobs, None, options.workers)), ways)
    except FarsideError as error:
        sys.exit(f"{error} {error.next_step}")
    print(table(named))
    plot(options.out, named)


if __name__ == "__main__":
    main()
