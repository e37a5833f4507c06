"""The next token's loss of checkpoints on held-out runs, by family and by what stands before.

    python -m farside.train.generate --split held-out --out build/traces/held --tasks 200 --most-steps 14
    python -m bench.train_loss k2/PATH NAME=k2/PATH ... --traces build/traces/held

It shows what is too small for a rate of right runs. Only what the model is to say counts. Each checkpoint is compared
with the first on the same runs: the mean over runs of a run's mean loss, and of its difference, with the 95%
interval. Where the difference grows with the tokens that stand before, errors add up over a long chain.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev

import torch
from torch import Tensor

from bench.compared import named_model
from bench.intervals import Z
from farside.engine.quick.model import quicken
from farside.errors import FarsideError
from farside.k2.load import load
from farside.k2.model import CausalLM
from farside.k2.tokenizer import Tokenizer
from farside.k2.tokenizer_files import read_tokenizer
from farside.models.k2 import folder
from farside.train.examples import Example, examples
from farside.train.generate import read

SHORTEST = 1024
"""Tokens of the first stretch; each one behind it ends at twice as many."""
Losses = dict[str, dict[int, float]]
"""By group, the mean loss of each run that has some of it; runs have numbers."""


def losses_of(path: Path, traces: Path) -> Losses:
    """Return how a checkpoint does.

    Raises:
        FarsideError: it cannot be read, or there are no traces.
    """
    tokenizer, model = read_tokenizer(path), quicken(load(path))
    gathered = defaultdict[str, dict[int, list[float]]](lambda: defaultdict(list))
    for number, (family, example) in enumerate(runs(traces, tokenizer)):
        for place, loss in said(model, example):
            for group in (family, stretch(place), "all"):
                gathered[group][number].append(loss)
    if not gathered:
        raise FarsideError(f"{traces} holds no traces.", "make some with farside.train.generate")
    return {group: {number: fmean(each) for number, each in own.items()} for group, own in gathered.items()}


def runs(traces: Path, tokenizer: Tokenizer) -> Iterator[tuple[str, Example]]:
    """Yield the conversations of all traces, each with its family."""
    for trace in read(traces):
        for example in examples(trace, tokenizer):
            yield trace["family"], example


@torch.no_grad()
def said(model: CausalLM, example: Example) -> Iterator[tuple[int, float]]:
    """Yield the place and the loss of each token that the model is to say."""
    ids = torch.tensor(example.ids)
    logits: Tensor = model([ids[:-1]])
    losses = torch.nn.functional.cross_entropy(logits.float(), ids[1:], reduction="none").tolist()
    yield from ((at, loss) for at, loss in enumerate(losses, 1) if example.learnt[at])


def stretch(place: int) -> str:
    """Return the stretch of a conversation in which a place lies."""
    end = SHORTEST
    while place >= end:
        end *= 2
    return f"up to token {end:,}"


def compared(first: Mapping[int, float], other: Mapping[int, float]) -> str:
    """Return a mean loss, and by how much it is above that of the first on the same runs."""
    apart = [other[number] - loss for number, loss in first.items()]
    half = Z * stdev(apart) / math.sqrt(len(apart)) if len(apart) > 1 else math.inf
    return f"{fmean(other.values()):.4f} | {fmean(apart):+.4f} (±{half:.4f})"


def table(named: Mapping[str, Losses]) -> str:
    """Return a row for each family, one for each stretch, and one for all."""
    first, *later = named
    rows = [f"| | runs | {first} | {' | '.join(f'{name} | over {first}' for name in later)} |"]
    rows.append("|---" * (3 + 2 * len(later)) + "|")
    for group in sorted(named[first], key=place_of):
        own = named[first][group]
        cells = [group, str(len(own)), f"{fmean(own.values()):.4f}"]
        rows.append(f"| {' | '.join(cells + [compared(own, named[name][group]) for name in later])} |")
    return "\n".join(rows)


def place_of(group: str) -> tuple[int, str]:
    """Families by name, then stretches by length, then all."""
    if group == "all":
        return sys.maxsize, group
    return int(group.rpartition(" ")[2].replace(",", "")) if " " in group else 0, group


def perhaps_named(text: str) -> tuple[str, str]:
    """Return a name and a model; a path alone is a name as well."""
    return named_model(text) if "=" in text else (text, text)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=perhaps_named, nargs="+", metavar="[NAME=]k2/PATH")
    parser.add_argument(
        "--traces", type=Path, required=True, help="held-out runs, as farside.train.generate makes them"
    )
    options = parser.parse_args(arguments)
    named = dict[str, Losses]()
    try:
        for name, model in options.models:
            named[name] = losses_of(folder(model), options.traces)
            print(f"  {name}", file=sys.stderr, flush=True)
    except FarsideError as error:
        sys.exit(f"{error} {error.next_step}")
    print(table(named))


if __name__ == "__main__":
    main()
