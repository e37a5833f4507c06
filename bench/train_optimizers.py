"""MuonClip against AdamW: tokens to the same loss, and the largest attention logit with the clip and without.

    python -m bench.train_optimizers [--tokens 1500000 --rates 1e-3 2e-3 4e-3 8e-3] [--quick]

A model of 1.4M parameters learns drills (`farside.train.drill`) whose tokens are bytes and of which none comes twice,
so that the loss is that on unseen text. Each optimizer runs at every learning rate, with the same first weights and
the same examples; the best rate of each is compared. The plot lies in docs/train_optimizers.svg.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from bench.train_step import QUICK, Learner, Optimizers, byte_drills, shape
from farside.k2.config import Config
from farside.train.dataset import Dataset
from farside.train.order import endless, pack
from farside.train.picture import logarithmic, picture
from farside.train.qk_clip import BOUND
from farside.train.schedule import wsd

PLOT = Path("docs/train_optimizers.svg")
SMALL = {
    "vocab_size": 512,
    "hidden_size": 128,
    "intermediate_size": 320,
    "moe_intermediate_size": 96,
    "num_hidden_layers": 4,
    "q_lora_rank": 64,
    "kv_lora_rank": 32,
    "qk_nope_head_dim": 24,
    "qk_rope_head_dim": 8,
    "v_head_dim": 32,
    "n_routed_experts": 8,
}
BATCH, WINDOW = 3072, 1024
"""Tokens of a step, at least; of a longer example the beginning is taken."""
SMOOTH = 20
"""Steps whose mean is told as the loss."""
PER_DRILL = 250
"""Tokens that a drill has at least, most of the time: enough of them are made."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a model is trained."""

    optimizers: Optimizers
    clips: bool
    rate: float

    @property
    def name(self) -> str:
        return "Muon without clip" if self.optimizers == "MuonClip" and not self.clips else self.optimizers


@dataclass(frozen=True, slots=True)
class Course:
    """How a training went, step by step."""

    way: Way
    tokens: list[int]
    losses: list[float]
    logits: list[float]

    @property
    def smooth(self) -> list[float]:
        """The mean loss of the last SMOOTH steps, step by step."""
        spans = (self.losses[max(0, end - SMOOTH) : end] for end in range(1, len(self.losses) + 1))
        return [sum(span) / len(span) for span in spans]

    def reached(self, loss: float) -> int | None:
        """Return after how many tokens the loss was first as low; None: it never was."""
        return next((tokens for tokens, one in zip(self.tokens, self.smooth, strict=True) if one <= loss), None)


def course(way: Way, config: Config, data: Dataset, tokens: int) -> Course:
    """Train a model on so many tokens."""
    learner, indices = Learner(config, way.optimizers, way.rate, way.clips), endless(len(data), 1, 0)
    lengths = data.lengths().tolist()
    done, steps = 0, list[tuple[int, float, float]]()
    while done < tokens:
        examples = [data.example(index, WINDOW) for index in pack(indices, lengths, WINDOW, BATCH)]
        ids = [ids for ids, _ in examples]
        loss = learner.gradients(ids, [learnt[1:].float() for _, learnt in examples])
        logit = learner.update(wsd(done / tokens, 0.02, 0.2, 0.1))
        done += sum(map(len, ids))
        steps.append((done, loss, logit))
    seen, losses, logits = (list(column) for column in zip(*steps, strict=True))
    print(f"  {way.name}, rate {way.rate:g}: loss {losses[-1]:.3f}, logit {max(logits):.0f}", file=sys.stderr)
    return Course(way, seen, losses, logits)


def ways(rates: Sequence[float]) -> Iterator[Way]:
    """Yield each optimizer, MuonClip also without its clip, at each rate."""
    for rate in rates:
        yield Way("MuonClip", True, rate)
        yield Way("MuonClip", False, rate)
        yield Way("AdamW", False, rate)


def best(courses: Sequence[Course]) -> list[Course]:
    """Return the course of each name that ended with the lowest loss."""
    names = dict.fromkeys(course.way.name for course in courses)
    return [min((c for c in courses if c.way.name == name), key=lambda c: c.smooth[-1]) for name in names]


def table(courses: Sequence[Course]) -> str:
    """Return all courses, and the tokens in which each was where AdamW's best ended."""
    aim = min(course.smooth[-1] for course in courses if course.way.optimizers == "AdamW")
    head = f"tokens to loss {aim:.3f}"
    rows = [f"| optimizer | rate | last loss | {head} | largest logit |", "|---|---|---|---|---|"]
    for one in courses:
        reached = one.reached(aim)
        told = f"{reached:,}" if reached is not None else "not reached"
        rows.append(f"| {one.way.name} | {one.way.rate:g} | {one.smooth[-1]:.3f} | {told} | {max(one.logits):.1f} |")
    return "\n".join(rows)


def plot(path: Path, courses: Sequence[Course]) -> None:
    """Draw the best of each optimizer: loss, and largest logit."""
    with picture(path, columns=2) as (loss, logit):
        for one in best(courses):
            millions = [tokens / 1e6 for tokens in one.tokens]
            loss.plot(millions, one.smooth, linewidth=1.2, label=f"{one.way.name}, rate {one.way.rate:g}")
        for one in max_logits(courses):
            millions = [tokens / 1e6 for tokens in one.tokens]
            logit.plot(millions, one.logits, linewidth=0.8, label=f"{one.way.name}, rate {one.way.rate:g}")
        logit.axhline(BOUND, color="#8c959f", linewidth=0.8, linestyle="--")
        for axes, title in ((loss, "loss, at each one's best rate"), (logit, "largest logit, at the highest rate")):
            logarithmic(axes)
            axes.set_title(title)
            axes.set_xlabel("tokens (millions)")
            axes.legend(fontsize=7, loc="lower right" if axes is logit else "upper right")


def max_logits(courses: Sequence[Course]) -> list[Course]:
    """Return the courses at the highest rate: there logits grow most."""
    highest = max(course.way.rate for course in courses)
    return [course for course in courses if course.way.rate == highest]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=1_500_000)
    parser.add_argument("--rates", type=float, nargs="+", default=[1e-3, 2e-3, 4e-3, 8e-3])
    parser.add_argument("--quick", action="store_true", help="a tiny model and 20,000 tokens: does it run?")
    parser.add_argument("--out", type=Path, default=PLOT)
    options = parser.parse_args(arguments)
    tokens, rates = (20_000, [4e-3]) if options.quick else (options.tokens, options.rates)
    config = shape(QUICK if options.quick else SMALL)
    with tempfile.TemporaryDirectory() as folder:
        data = byte_drills(Path(folder), tokens // PER_DRILL + 1, seed=1)
    print(f"{tokens:,} tokens, {torch.get_num_threads()} threads")
    courses = [course(way, config, data, tokens) for way in ways(rates)]
    print(table(courses))
    plot(options.out, courses)


if __name__ == "__main__":
    main()
