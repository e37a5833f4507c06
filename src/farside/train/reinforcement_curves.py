"""The curves of a reinforcement as a picture, by step: what its runs were worth, and how far the model moved."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farside.train.logged import CURVES, LOG, Entry, entries, value
from farside.train.picture import logarithmic, picture
from farside.train.qk_clip import BOUND

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS, POINTS_OF_FAMILY = 100, 10
"""Of a curve, at most: each is the mean of some steps. A step has few tasks of a family, or none."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What is drawn together: values of the log by what the legend calls them; "" where there is but one."""

    title: str
    curves: Mapping[str, str]


PANELS = (
    Panel("mean reward", {"": "reward"}),
    Panel("share of the runs", {"right": "share_right", "cut off": "share_cut"}),
    Panel("loss of the policy", {"": "loss"}),
    Panel("PTX loss", {"": "ptx"}),
    Panel("mean of log(pi / pi_old)", {"": "log_ratio"}),
    Panel("temperature of sampling", {"": "temperature"}),
    Panel("largest attention logit", {"": "largest_logit"}),
    Panel("load of the busiest expert over the mean", {"": "busiest_expert"}),
)
BY_FAMILY = "mean reward by family"


def is_reinforcement(folder: Path) -> bool:
    """Tell whether a folder holds a reinforcement that has done a step.

    Raises:
        FarsideError: a line of its log is none.
    """
    return (folder / LOG).exists() and any("rewards" in entry for entry in entries(folder))


def draw_ended(folder: Path) -> None:
    """Draw a reinforcement beside its log, once it has ended."""
    if not (folder / CURVES).exists():
        draw_reinforcement(folder / CURVES, entries(folder))


def draw_reinforcement(path: Path, log: Sequence[Entry]) -> None:
    """Draw a panel for each value, and one for the reward by family."""
    steps = [entry["step"] for entry in log]
    with picture(path, rows=3, columns=3) as (first, families, *others):
        panels = [first, *others]
        for axes, panel in zip(panels, PANELS, strict=True):
            curves = {label: [value(entry, key) for entry in log] for label, key in panel.curves.items()}
            _draw(axes, steps, curves, POINTS)
            axes.set_title(panel.title)
        panels[6].axhline(BOUND, color="#d55e00", linewidth=0.8, linestyle="--")
        logarithmic(panels[6])
        panels[6].set_xlabel("step")
        _draw(families, steps, rewards_by_family(log), POINTS_OF_FAMILY)
        families.set_title(BY_FAMILY)


def rewards_by_family(log: Sequence[Entry]) -> dict[str, list[float]]:
    """Return the mean rewards of each family by step; NaN where the step had no task of it."""
    names = sorted({name for entry in log for name in entry["rewards"]})
    return {name: [value(entry["rewards"], name) for entry in log] for name in names}


def _draw(axes: Axes, steps: Sequence[int], curves: Mapping[str, Sequence[float]], points: int) -> None:
    size = math.ceil(len(steps) / points)
    for label, values in curves.items():
        if found := means(steps, values, size):
            axes.plot(*zip(*found, strict=True), label=label, linewidth=1.2, marker=".", markersize=3)
    if len(curves) > 1:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=5, fontsize=7)


def means(places: Sequence[int], values: Sequence[float], size: int) -> list[tuple[float, float]]:
    """Return the mean place and value of each `size` steps; of steps without a value nothing is drawn."""
    found = []
    for start in range(0, len(values), size):
        pairs = zip(places[start : start + size], values[start : start + size], strict=True)
        if there := [pair for pair in pairs if math.isfinite(pair[1])]:
            found.append((sum(place for place, _ in there) / len(there), sum(one for _, one in there) / len(there)))
    return found
