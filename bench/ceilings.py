"""What this machine can do at most: bytes read from memory, and multiplications a second in bf16 and in fp32.

    python -m bench.ceilings

A kernel that reads weights once and multiplies can be no faster than the slower of the two (the roofline).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from statistics import median

import torch
from torch.nn import functional

LEAST_RUNS = 3
MOST_S = 8.0
"""Slow calls are run no longer than this."""
READ_BYTES = 1 << 30
"""Far past any cache."""
MATMUL_WIDTH = 1024


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The best that was measured."""

    bytes_s: float
    bf16_flops_s: float
    fp32_flops_s: float

    @property
    def flops_s(self) -> float:
        """The faster of both types: bf16 is the slower one by far where the processor lacks its instructions."""
        return max(self.bf16_flops_s, self.fp32_flops_s)

    def bound_s(self, nbytes: int, flops: int) -> float:
        """Return max(weights read, compute): the least seconds that work can take."""
        return max(nbytes / self.bytes_s, flops / self.flops_s)

    def __str__(self) -> str:
        rates = f"bf16 matmul {self.bf16_flops_s / 1e9:,.1f} GFLOP/s, fp32 {self.fp32_flops_s / 1e9:,.1f} GFLOP/s"
        return f"{torch.get_num_threads()} threads, memory read {self.bytes_s / 1e9:.1f} GB/s, {rates}"


@dataclass(frozen=True, slots=True)
class Timed:
    """One line of a table."""

    name: str
    tokens: int
    seconds: float
    nbytes: int
    """Weights that were read once."""
    flops: int
    note: str = ""


def progress(what: str) -> None:
    """Say what comes next."""
    print(f"  {what}", file=sys.stderr, flush=True)


def seconds(calls: Iterable[Callable[[], object]], least_s: float = 1.0, most_s: float = MOST_S) -> float:
    """Return the median time of the calls, gone through in turn, LEAST_RUNS times and `least_s` long.

    The first run warms up. It counts alone where it took `most_s`; no run begins after that.
    """
    turn, times = list(calls), list[float]()
    spent = 0.0
    while spent < most_s and (len(times) <= LEAST_RUNS or spent < least_s):
        call = turn[len(times) % len(turn)]
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
        spent += times[-1]
    return median(times[1:] or times)


def measure(read_bytes: int = READ_BYTES, width: int = MATMUL_WIDTH, least_s: float = 1.0) -> Ceilings:
    """Measure all three, with as many threads as torch has; products as a model makes them, x W^T."""
    progress("this machine: memory, matmul")
    held = torch.ones(read_bytes // 4)
    read = min(seconds([held.sum], least_s) for _ in range(3))
    square = torch.randn(width, width)
    narrow = square.bfloat16()
    flops = 2 * width**3
    bf16, fp32 = (flops / seconds([partial(functional.linear, each, each)], least_s) for each in (narrow, square))
    return Ceilings(read_bytes / read, bf16, fp32)


def print_table(rows: Iterable[Timed], ceilings: Ceilings) -> list[Timed]:
    """Print each line as it comes, beside the ceilings, and return them all.

    The last share is that of the bound max(weights read, compute).
    """
    printed = []
    print(ceilings)
    print(
        f"{'':34}{'tokens':>7}{'ms':>10}{'GB/s':>8}{'GFLOP/s':>9}{'memory':>8}{'matmul':>8}{'bound':>7}", flush=True
    )
    for row in rows:
        bytes_s, flops_s = row.nbytes / row.seconds, row.flops / row.seconds
        memory, matmul = bytes_s / ceilings.bytes_s, flops_s / ceilings.flops_s
        bound = ceilings.bound_s(row.nbytes, row.flops) / row.seconds
        print(
            f"{row.name:34}{row.tokens:7}{1000 * row.seconds:10.2f}{bytes_s / 1e9:8.2f}{flops_s / 1e9:9.1f}"
            f"{memory:8.0%}{matmul:8.0%}{bound:7.0%}  {row.note}".rstrip(),
            flush=True,
        )
        printed.append(row)
    return printed


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(measure())


if __name__ == "__main__":
    main()
