"""What this machine can do at most: bytes read from memory and bf16 multiplications a second.

    python -m bench.ceilings

A kernel that reads weights once and multiplies can be no faster than the slower of the two (the roofline).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from statistics import median

import torch

LEAST_RUNS = 3
READ_BYTES = 1 << 30
"""Far past any cache."""
MATMUL_WIDTH = 2048


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The best that was measured."""

    bytes_s: float
    bf16_flops_s: float
    fp32_flops_s: float

    def bound_s(self, nbytes: int, flops: int) -> float:
        """Return max(weights read, compute): the least seconds that work can take."""
        return max(nbytes / self.bytes_s, flops / max(self.bf16_flops_s, self.fp32_flops_s))

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


def seconds(calls: Iterable[Callable[[], object]], least_s: float = 1.0) -> float:
    """Return the median time of the calls, gone through in turn until enough time has passed."""
    turn, times = list(calls), list[float]()
    turn[0]()
    begun = time.perf_counter()
    while len(times) < max(LEAST_RUNS, len(turn)) or time.perf_counter() - begun < least_s:
        call = turn[len(times) % len(turn)]
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return median(times)


def measure(read_bytes: int = READ_BYTES, width: int = MATMUL_WIDTH, least_s: float = 1.0) -> Ceilings:
    """Measure all three, with as many threads as torch has."""
    held = torch.ones(read_bytes // 4)
    read = min(seconds([held.sum], least_s) for _ in range(3))
    square = torch.randn(width, width)
    narrow = square.bfloat16()
    flops = 2 * width**3
    bf16, fp32 = (flops / seconds([partial(torch.mm, each, each)], least_s) for each in (narrow, square))
    return Ceilings(read_bytes / read, bf16, fp32)


def print_table(rows: Iterable[Timed], ceilings: Ceilings) -> None:
    """Print each line beside the ceilings; the last share is that of the bound max(weights read, compute)."""
    print(ceilings)
    print(f"{'':34}{'tokens':>7}{'ms':>10}{'GB/s':>8}{'GFLOP/s':>9}{'memory':>8}{'matmul':>8}{'bound':>7}")
    for row in rows:
        bytes_s, flops_s = row.nbytes / row.seconds, row.flops / row.seconds
        memory, matmul = bytes_s / ceilings.bytes_s, flops_s / ceilings.bf16_flops_s
        bound = ceilings.bound_s(row.nbytes, row.flops) / row.seconds
        print(
            f"{row.name:34}{row.tokens:7}{1000 * row.seconds:10.2f}{bytes_s / 1e9:8.2f}{flops_s / 1e9:9.1f}"
            f"{memory:8.0%}{matmul:8.0%}{bound:7.0%}  {row.note}".rstrip()
        )


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(measure())


if __name__ == "__main__":
    main()
