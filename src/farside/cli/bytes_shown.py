"""Bytes on their way to disk: a bar in a terminal, else a line each tenth."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

OnProgress = Callable[[int, int], None]
"""Is told the bytes that are there, and those of the whole."""


@contextmanager
def shown() -> Iterator[OnProgress]:
    """Show progress: as a bar in a terminal, else as a line each tenth."""
    if not sys.stderr.isatty():
        yield tenths()
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(None), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, whole: progress.update(task, completed=done, total=whole)


def tenths() -> OnProgress:
    """Return what prints a line for each tenth that is there."""
    printed = 0

    def on_progress(done: int, whole: int) -> None:
        nonlocal printed
        if (reached := 10 * done // whole) > printed:
            printed = reached
            print(f"  {10 * reached}% of {whole / 1e9:.2f} GB", file=sys.stderr)

    return on_progress
