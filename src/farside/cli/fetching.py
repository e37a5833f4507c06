"""The embedded model's file on its way: said beforehand, and followed by a bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from farside.models.download import EMBEDDED, Weights, fetch, folder, locate

OnProgress = Callable[[int, int], None]


def ensure(weights: Weights = EMBEDDED) -> None:
    """Download the embedded model where it is missing, after saying how large it is and where to.

    Raises:
        FarsideError: it cannot be had; the message says why and what to do.
    """
    if locate(weights):
        return
    print(
        f"farside: the embedded model is not here yet: {weights.size / 1e9:.2f} GB go to {folder()}, once.\n"
        "  Ctrl-C stops; the next time it goes on where it stopped.",
        file=sys.stderr,
    )
    with shown(weights) as on_progress:
        fetch(on_progress, lambda sentence: print(f"  {sentence}", file=sys.stderr), weights)


@contextmanager
def shown(weights: Weights) -> Iterator[OnProgress]:
    """Show progress: as a bar in a terminal, else as a line each tenth."""
    if not sys.stderr.isatty():
        yield tenths()
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(None), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4, transient=True) as progress:
        task = progress.add_task(weights.file, total=weights.size)
        yield lambda done, _: progress.update(task, completed=done)


def tenths() -> OnProgress:
    """Return what prints a line for each tenth that is there."""
    printed = 0

    def on_progress(done: int, whole: int) -> None:
        nonlocal printed
        if (reached := 10 * done // whole) > printed:
            printed = reached
            print(f"  {10 * reached}% of {whole / 1e9:.2f} GB", file=sys.stderr)

    return on_progress
