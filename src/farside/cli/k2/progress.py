"""Bytes on their way to disk: a bar in a terminal, else a line each tenth."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from farside.errors import FarsideError

OnProgress = Callable[[int, int], None]


class Stopped(FarsideError):
    """The user stopped it; what is whole is kept."""

    exit_code = 4


@contextmanager
def written(target: Path) -> Iterator[OnProgress]:
    """Show what is written; Ctrl-C becomes a sentence that says how to go on."""
    try:
        with _bar() if sys.stderr.isatty() else _lines() as on_progress:
            yield on_progress
    except KeyboardInterrupt:
        from farside.k2.unfinished import partial_of

        left = partial_of(target)
        kept = f"Whole shards are kept in {left}." if left.is_dir() else "Nothing was written."
        raise Stopped(f"Stopped. {kept}", "The same command goes on from there.") from None


@contextmanager
def _bar() -> Iterator[OnProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(None), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, whole: progress.update(task, completed=done, total=whole)


@contextmanager
def _lines() -> Iterator[OnProgress]:
    printed = 0

    def on_progress(done: int, whole: int) -> None:
        nonlocal printed
        if (reached := 10 * done // whole) > printed:
            printed = reached
            print(f"  {10 * reached}% of {whole / 1e9:.2f} GB", file=sys.stderr)

    yield on_progress
