"""A checkpoint on its way to disk: its progress, and how it goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from farside.cli.bytes_shown import OnProgress, shown
from farside.cli.interruption import Stopped


@contextmanager
def written(target: Path) -> Iterator[OnProgress]:
    """Show what is written; Ctrl-C becomes a sentence that says how to go on."""
    try:
        with shown() as on_progress:
            yield on_progress
    except KeyboardInterrupt:
        from farside.k2.unfinished import partial_of

        left = partial_of(target)
        kept = f"Whole shards are kept in {left}." if left.is_dir() else "Nothing was written."
        raise Stopped(f"Stopped. {kept}", "The same command goes on from there.") from None
