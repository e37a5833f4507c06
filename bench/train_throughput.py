"""Training K2-mini: tokens a second of a step and its share of this machine's matmul rate, beside transformers' step.

    python -m bench.train_throughput [--turns 10 --sequences 8 --length 512] [--quick]

The same batch of equal sequences goes through farside's step and through DeepseekV3ForCausalLM of the same shape, in
turns, forward, back and optimizers: over fp32 weights, by autocast in the type that the processor multiplies fast.
farside's optimizers are Muon and AdamW; transformers' model has AdamW for all. The plot lies in
docs/train_throughput.svg.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor

from bench.ceilings import Ceilings, measure, progress
from bench.train_step import BETAS, QUICK, Learner, shape
from farside.k2.config import Config
from farside.k2.precision import autocast
from farside.k2.quantize import is_routed
from farside.k2.tensors import tensors
from farside.train.export import GRAPH
from farside.train.picture import picture
from farside.train.settings import read_settings

PLOT = Path("docs/train_throughput.svg")


@dataclass(slots=True)
class Side:
    """One way to train, and how long its steps took."""

    name: str
    gradients: Callable[[], object]
    update: Callable[[], object]
    forth: list[float] = field(default_factory=list)
    """Seconds of forward and back, turn by turn."""
    moved: list[float] = field(default_factory=list)
    """Seconds of the optimizers."""

    def run(self) -> None:
        """Take one step."""
        began = time.perf_counter()
        self.gradients()
        between = time.perf_counter()
        self.update()
        self.forth.append(between - began)
        self.moved.append(time.perf_counter() - between)

    @property
    def seconds(self) -> list[float]:
        """Of each step but the first, which warms up."""
        return [forth + moved for forth, moved in zip(self.forth, self.moved, strict=True)][1:]


def multiplications(config: Config, sequences: int, length: int) -> int:
    """Return the multiplications and additions of a step: forward once, back twice as many; optimizers aside.

    Of the routed experts those count that are chosen, of attention's scores those of the past.
    """
    active = 0.0
    for tensor in tensors(config):
        if len(tensor.shape) == 2 and "embed_tokens" not in tensor.name:
            share = config.num_experts_per_tok / config.n_routed_experts if is_routed(tensor.name) else 1
            active += share * tensor.shape[0] * tensor.shape[1]
    widths = config.num_hidden_layers * config.num_attention_heads * (config.qk_head_dim + config.v_head_dim)
    return round(3 * 2 * sequences * length * (active + widths * length / 2))


def ours(config: Config, ids: Tensor) -> Side:
    """farside's step."""
    learner = Learner(config, "MuonClip", 1e-3, clips=True)
    weights = [torch.ones(ids.shape[1] - 1) for _ in ids]
    return Side("farside: Muon and AdamW", partial(learner.gradients, list(ids), weights), learner.update)


def peer_config(config: Config) -> Any:
    """Return the same shape for transformers."""
    from transformers import DeepseekV3Config

    return DeepseekV3Config(**replace(config, model_type=GRAPH, dtype="float32").as_json())


def theirs(config: Config, ids: Tensor) -> Side:
    """The step of transformers' model."""
    from transformers import DeepseekV3ForCausalLM

    model: Any = DeepseekV3ForCausalLM(peer_config(config))
    model.train()
    adam = torch.optim.AdamW(model.parameters(), 1e-3, betas=BETAS, weight_decay=read_settings().decay)

    def gradients() -> None:
        with autocast():
            loss = model(input_ids=ids, labels=ids, use_cache=False).loss
        loss.backward()

    def update() -> None:
        adam.step()
        adam.zero_grad()

    return Side("transformers: AdamW", gradients, update)


def table(sides: Sequence[Side], tokens: int, flops: int, ceilings: Ceilings) -> str:
    """Return a row for each side."""
    rows = [
        str(ceilings),
        f"{tokens:,} tokens and {flops / 1e9:,.0f} GFLOP a step, {len(sides[0].seconds)} steps of each in turns",
        "| step | tokens a second (slowest to fastest) | forward and back, ms | optimizers, ms | of matmul |",
        "|---|---|---|---|---|",
    ]
    for side in sides:
        slow, middle, fast = (tokens / each(side.seconds) for each in (max, median, min))
        parts = (1000 * median(each[1:]) for each in (side.forth, side.moved))
        told = " | ".join(f"{part:,.0f}" for part in parts)
        share = flops / median(side.seconds) / ceilings.flops_s
        rows.append(f"| {side.name} | {middle:,.0f} ({slow:,.0f} to {fast:,.0f}) | {told} | {share:.1%} |")
    return "\n".join(rows)


def plot(path: Path, sides: Sequence[Side], tokens: int) -> None:
    """Draw tokens a second, from the slowest to the fastest step."""
    with picture(path) as (axes,):
        for place, side in enumerate(sides):
            slow, middle, fast = (tokens / each(side.seconds) for each in (max, median, min))
            axes.barh(place, middle, xerr=[[middle - slow], [fast - middle]], color="#0072b2", height=0.5, capsize=3)
        axes.set_yticks(range(len(sides)), [side.name for side in sides])
        axes.set_title("tokens a second of a training step")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--sequences", type=int, default=8)
    parser.add_argument("--length", type=int, default=512)
    parser.add_argument("--quick", action="store_true", help="a tiny model, two turns: does it run?")
    parser.add_argument("--out", type=Path, default=PLOT)
    options = parser.parse_args(arguments)
    turns, sequences, length = (2, 2, 32) if options.quick else (options.turns, options.sequences, options.length)
    config = shape(QUICK if options.quick else {})
    ids = torch.randint(config.vocab_size, (sequences, length), generator=torch.Generator().manual_seed(1))
    ceilings = measure(1 << 20, 64, 0) if options.quick else measure()
    sides = [ours(config, ids), theirs(config, ids)]
    for turn in range(turns + 1):
        progress(f"turn {turn} of {turns}")
        for side in sides:
            side.run()
    print(table(sides, ids.numel(), multiplications(config, sequences, length), ceilings))
    plot(options.out, sides, ids.numel())


if __name__ == "__main__":
    main()
