"""The next token's loss of checkpoints on held-out runs, by family and by what stands before.

    python -m farside.train.generate --split held-out --out build/traces/held --tasks 200 --most-steps 14
    python -m bench.train_loss k2/PATH NAME=k2/PATH ... --traces build/traces/held

It shows what is too small for a rate of right runs. Only what the model is to say counts. Each checkpoint is compared
with the first on the same runs: the mean over runs of a run's mean loss, and of its difference, with the 95%
interval. What stands before a token is what the teacher said, without a mistake of the model's own. A stretch has
those runs that come so far: stretches are compared with each other where all runs are of like length. The plot lies
in docs/train_loss.svg.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean

import torch
from torch import Tensor

from bench.compared import named_model
from bench.intervals import half_width
from farside.engine.quick.model import quicken
from farside.errors import FarsideError
from farside.k2.config import read_config
from farside.k2.latent_cache import LatentCache
from farside.k2.load import load
from farside.k2.model import CausalLM
from farside.k2.tokenizer import Tokenizer
from farside.k2.tokenizer_files import NAMES, RANKS, read_tokenizer
from farside.models.k2 import folder
from farside.train.examples import Example, examples
from farside.train.generate import read
from farside.train.picture import check_drawing, picture

PLOT = Path("docs/train_loss.svg")
SHORTEST = 1024
"""Tokens of the first stretch; each one behind it ends at twice as many."""
CHUNK = 512
"""Tokens that run together; attention's scores for them are [heads, CHUNK, tokens so far]."""
Group = tuple[int, str]
"""A family, a stretch or all: its place in the table, and what it is called."""
Losses = dict[Group, dict[int, float]]
"""By group, the mean loss of each run that has some of it; runs have numbers."""
Run = tuple[str, Example]
"""A family and a conversation."""
ALL: Group = (sys.maxsize, "all")


def measured(paths: Mapping[str, Path], traces: Path) -> dict[str, Losses]:
    """Return how each checkpoint does, by its name.

    Raises:
        FarsideError: one cannot be read, or they and the traces do not fit each other.
    """
    first = next(iter(paths.values()))
    held = runs(traces, read_tokenizer(first))
    for path in paths.values():
        check(path, first, max(len(example.ids) for _, example in held))
    named = dict[str, Losses]()
    for name, path in paths.items():
        named[name] = losses_of(quicken(load(path)), held)
        print(f"  {name}", file=sys.stderr, flush=True)
    return named


def runs(traces: Path, tokenizer: Tokenizer) -> list[Run]:
    """Return the conversations of all traces.

    Raises:
        FarsideError: there are none, or they cannot be read.
    """
    return [(trace["family"], example) for trace in read(traces) for example in examples(trace, tokenizer)]


def check(path: Path, first: Path, longest: int) -> None:
    """Refuse a checkpoint that runs of so many tokens, in the first one's vocabulary, do not fit.

    Raises:
        FarsideError: its vocabulary is another, or its window is too small.
    """
    read_tokenizer(path)
    if any((path / name).read_bytes() != (first / name).read_bytes() for name in (RANKS, NAMES)):
        raise FarsideError(f"{path} and {first} have other tokens.", "name checkpoints of one vocabulary")
    if longest > (window := read_config(path).max_position_embeddings):
        raise FarsideError(
            f"The window of {path} has {window:,} tokens, a run {longest:,}.", "make shorter ones with --most-steps"
        )


def losses_of(model: CausalLM, runs: Sequence[Run]) -> Losses:
    """Return how a model does."""
    gathered = defaultdict[Group, dict[int, list[float]]](lambda: defaultdict(list))
    for number, (family, example) in enumerate(runs):
        for place, loss in said(model, example):
            for group in ((0, family), stretch(place), ALL):
                gathered[group][number].append(loss)
    return {group: {number: fmean(each) for number, each in own.items()} for group, own in gathered.items()}


@torch.no_grad()
def said(model: CausalLM, example: Example) -> Iterator[tuple[int, float]]:
    """Yield the place and the loss of each token that the model is to say."""
    ids, cache = torch.tensor(example.ids), LatentCache(model.config, torch.float32)
    for start in range(0, len(ids) - 1, CHUNK):
        new, next_ = ids[start : start + CHUNK], ids[start + 1 : start + CHUNK + 1]
        logits: Tensor = model([new[: len(next_)]], [cache])
        losses = torch.nn.functional.cross_entropy(logits.float(), next_, reduction="none").tolist()
        yield from ((at, loss) for at, loss in enumerate(losses, start + 1) if example.learnt[at])


def stretch(place: int) -> Group:
    """Return the stretch of a conversation in which a place lies."""
    end = SHORTEST
    while place >= end:
        end *= 2
    return end, f"up to token {end:,}"


def apart(first: Mapping[int, float], other: Mapping[int, float]) -> list[float]:
    """Return by how much the losses of the same runs differ."""
    return [other[number] - loss for number, loss in first.items()]


def table(named: Mapping[str, Losses]) -> str:
    """Return a row for each family, one for each stretch, and one for all."""
    first, *later = named
    rows = [f"| | runs | {first} | {' | '.join(f'{name} | over {first}' for name in later)} |"]
    rows.append("|---" * (3 + 2 * len(later)) + "|")
    for group in sorted(named[first]):
        own = named[first][group]
        cells = [group[1], str(len(own)), f"{fmean(own.values()):.4f}"]
        for name in later:
            other = named[name][group]
            more = apart(own, other)
            cells += [f"{fmean(other.values()):.4f}", f"{fmean(more):+.4f} (±{half_width(more):.4f})"]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def plot(path: Path, named: Mapping[str, Losses]) -> None:
    """Draw by how much each is above the first, by stretch; one with a single run is left out."""
    first, *later = named
    stretches = [group for group, own in sorted(named[first].items()) if 0 < group[0] < ALL[0] and len(own) > 1]
    with picture(path) as (axes,):
        for name in later:
            more = [apart(named[first][group], named[name][group]) for group in stretches]
            ends = [end for end, _ in stretches]
            axes.errorbar(ends, [*map(fmean, more)], [*map(half_width, more)], fmt="o-", capsize=3, label=name)
        axes.axhline(0, color="grey", linewidth=0.6)
        axes.set_xscale("log", base=2)
        axes.set_title(f"loss on held-out runs, above that of {first}")
        axes.set_xlabel("tokens before, at most")
        axes.legend(loc="best").set_in_layout(False)  # else a long name leaves the axes no room


def perhaps_named(text: str) -> tuple[str, str]:
    """Return a name and a model; a path alone is a name as well."""
    return named_model(text) if "=" in text else (text, text)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=perhaps_named, nargs="+", metavar="[NAME=]k2/PATH")
    parser.add_argument(
        "--traces", type=Path, required=True, help="held-out runs, as farside.train.generate makes them"
    )
    parser.add_argument("--out", type=Path, default=PLOT)
    options = parser.parse_args(arguments)
    if len(dict(options.models)) < len(options.models):
        parser.error("two checkpoints have one name: give each its own, as NAME=k2/PATH")
    try:
        check_drawing()
        named = measured({name: folder(model) for name, model in options.models}, options.traces)
    except FarsideError as error:
        sys.exit(f"{error} {error.next_step}")
    print(table(named))
    plot(options.out, named)


if __name__ == "__main__":
    main()
