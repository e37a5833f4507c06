"""Pictures of numbers: one look for all of them, as SVG; the same numbers give the same file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farside.k2.extra import need
from farside.train.whole import new_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE: Any = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e7eb",
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "farside",
}
"""Text stays text, and what an element is called does not hang on chance."""
WIDTH, HEIGHT = 4.2, 2.8
"""Inches of a panel."""


def check_drawing() -> None:
    """Check, before long work, that its picture can be drawn.

    Raises:
        FarsideError: the extra `train` is not installed.
    """
    need("Drawing", "matplotlib", extra="train")


@contextmanager
def picture(path: Path, rows: int = 1, columns: int = 1) -> Iterator[list[Axes]]:
    """Lend panels to draw on, row by row; what was drawn is an SVG file at the end, whole or not at all.

    Raises:
        FarsideError: the extra `train` is not installed.
    """
    check_drawing()
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE), new_file(path) as unfinished:
        figure = Figure(figsize=(WIDTH * columns, HEIGHT * rows), layout="constrained")
        yield list(figure.subplots(rows, columns, squeeze=False).flat)
        figure.savefig(unfinished, format="svg", metadata={"Date": None})


def logarithmic(axes: Axes) -> None:
    """Give a panel a logarithmic scale with plain numbers on it; what is not above 0 is left out."""
    from matplotlib.ticker import LogFormatter, NullFormatter

    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(LogFormatter(labelOnlyBase=False))
    low, high = axes.get_ylim()
    axes.yaxis.set_minor_formatter(NullFormatter() if high > 30 * low else LogFormatter(labelOnlyBase=False))
