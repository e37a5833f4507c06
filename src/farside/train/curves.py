"""The curves of a training as a picture: `python -m farside.train.curves RUN_DIR --out FILE.svg`.

RUN_DIR holds the folders of the stages, which are drawn one behind the other, or is that of a reinforcement. Each
stage's own picture lies beside its log as soon as it has ended.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from farside.errors import FarsideError
from farside.train.logged import CURVES, LOG, entries, value
from farside.train.picture import logarithmic, picture
from farside.train.qk_clip import BOUND
from farside.train.reinforcement_curves import draw_reinforcement, is_reinforcement

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 200
"""Points of all curves of a panel: each tells the mean of some steps, and their least and largest."""
COLOR = "#0072b2"


@dataclass(frozen=True, slots=True)
class Panel:
    """One value of the log."""

    key: str
    title: str
    logarithmic: bool = False


PANELS = (
    Panel("loss", "loss", logarithmic=True),
    Panel("right", "share of the learnt tokens that were right"),
    Panel("lr", "learning rate", logarithmic=True),
    Panel("largest_logit", "largest attention logit", logarithmic=True),
    Panel("busiest_expert", "load of the busiest expert over the mean"),
    Panel("update", "size of Muon's updates (rms)", logarithmic=True),
)


@dataclass(frozen=True, slots=True)
class Curve:
    """The log of a stage, a list for each value, by step."""

    stage: str
    tokens: list[float]
    """Trained on so far."""
    values: dict[str, list[float]]


def read_curve(folder: Path) -> Curve:
    """Read the log of a stage.

    Raises:
        FarsideError: there is no log, or a line is none of it.
    """
    log = entries(folder)
    values = {panel.key: [value(entry, panel.key) for entry in log] for panel in PANELS}
    return Curve(folder.name, [value(entry, "tokens") for entry in log], values)


def draw(path: Path, curves: Sequence[Curve]) -> None:
    """Draw stages one behind the other, a panel for each value."""
    ends = list(accumulate(curve.tokens[-1] for curve in curves))
    with picture(path, rows=2, columns=3) as panels:
        for axes, panel in zip(panels, PANELS, strict=True):
            for curve, end in zip(curves, ends, strict=True):
                _draw_curve(axes, panel, curve, end - curve.tokens[-1], ends[-1] / BINS)
            _mark_stages(axes, curves, ends)
            axes.set_title(panel.title)
        panels[3].axhline(BOUND, color="#d55e00", linewidth=0.8, linestyle="--")
        panels[4].set_xlabel("tokens (millions)")


def _draw_curve(axes: Axes, panel: Panel, curve: Curve, before: float, tokens: float) -> None:
    if not any(value > 0 for value in curve.values[panel.key]):
        return  # Not logged by that stage; and a logarithm has no place for zeros alone.
    steps = max(1, round(len(curve.tokens) * tokens / curve.tokens[-1]))
    places, bins = _binned([(before + done) / 1e6 for done in curve.tokens], curve.values[panel.key], steps)
    axes.fill_between(places, [min(b) for b in bins], [max(b) for b in bins], color=COLOR, alpha=0.2, linewidth=0)
    axes.plot(places, [sum(b) / len(b) for b in bins], color=COLOR, linewidth=1.2)
    if panel.logarithmic:
        logarithmic(axes)


def _binned(places: list[float], values: list[float], size: int) -> tuple[list[float], list[list[float]]]:
    """Return where bins of so many steps each end, and what they hold."""
    bins = [values[start : start + size] for start in range(0, len(values), size)]
    return [places[min(end, len(places)) - 1] for end in range(size, len(places) + size, size)], bins


def _mark_stages(axes: Axes, curves: Sequence[Curve], ends: Sequence[float]) -> None:
    for curve, end in zip(curves, ends, strict=True):
        begin = (end - curve.tokens[-1]) / 1e6
        axes.axvline(begin, color="#8c959f", linewidth=0.6)
        axes.annotate(
            curve.stage, (begin, 1), xycoords=("data", "axes fraction"), xytext=(2, -8), textcoords="offset points",
            fontsize=7, color="#57606a",
        )  # fmt: skip


def draw_stage(folder: Path) -> None:
    """Draw a stage beside its log, once it has ended."""
    if not (folder / CURVES).exists():
        draw(folder / CURVES, [read_curve(folder)])


def stages(run: Path) -> list[Path]:
    """Return the folders of a run's stages that have begun, in their order.

    Raises:
        FarsideError: there is none.
    """
    found = {log.parent.name: log.parent for log in run.glob(f"*/{LOG}") if log.stat().st_size}
    if not found:
        raise FarsideError(f"{run} holds no stage of a training.", "name the folder that was given as --run")
    named = json.loads((next(iter(found.values())) / "settings.json").read_text())["settings"]["stages"]
    return [found[stage["name"]] for stage in named if stage["name"] in found]


def draw_run(path: Path, run: Path) -> None:
    """Draw a reinforcement, or all stages of a run that have begun.

    Raises:
        FarsideError: the folder holds neither, or a log cannot be read.
    """
    if is_reinforcement(run):
        draw_reinforcement(path, entries(run))
    else:
        draw(path, [read_curve(folder) for folder in stages(run)])


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, metavar="RUN_DIR")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    try:
        draw_run(options.out, options.run)
    except FarsideError as error:
        sys.exit(f"{error} {error.next_step}")


if __name__ == "__main__":
    main()
