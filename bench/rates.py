"""Rates as lines of a plot, each point with its 95% interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.intervals import wilson
from farside.train.picture import picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_rates(axes: Axes, tries: Mapping[float, Sequence[bool]], label: str, line: str = "-") -> None:
    """Draw points: place on the x axis -> the tries there, at least one each; joined in matplotlib's line style."""
    rates = [sum(each) / len(each) for each in tries.values()]
    ends = [wilson(sum(each), len(each)) for each in tries.values()]
    # 1 - 1.0 may come out as -1e-16, which matplotlib refuses.
    spread = [[max(0.0, rate - low) for rate, (low, _) in zip(rates, ends, strict=True)],
              [max(0.0, high - rate) for rate, (_, high) in zip(rates, ends, strict=True)]]  # fmt: skip
    axes.errorbar(
        list(tries), rates, yerr=spread, fmt=f"o{line}", markersize=3, capsize=3, linewidth=1.2, label=label
    )
    axes.set_ylim(-0.02, 1.02)


def plot_steps(path: Path, named: Mapping[str, Mapping[float, Sequence[bool]]]) -> None:
    """Draw how often held-out tasks are right over their number of steps, a line for each name."""
    with picture(path) as (axes,):
        for name, tries in named.items():
            draw_rates(axes, tries, name)
        axes.set_title("held-out tasks that are right, by steps")
        axes.set_xlabel("steps")
        axes.legend(loc="best")
