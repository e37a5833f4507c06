"""What the user chose for a research run, as it is journaled."""

from __future__ import annotations

from pathlib import Path

from farside.agent.events import Settings

QUESTION, DEPTH, OUT = "question", "depth", "out"
SUFFIXES = (".md", ".html", ".json")
"""Of the report, of the report as a web page, and of its ledger."""


def depth(settings: Settings) -> int:
    """Return rounds of search, and passages of other sources that each claim is held against."""
    return int(settings.option(DEPTH) or 2)


def places(out: Path) -> tuple[Path, Path, Path]:
    """Return where the report, its web page and its ledger lie, whichever of them `out` names."""
    stem = out.with_suffix("") if out.suffix in SUFFIXES else out
    report, page, ledger = (stem.with_name(stem.name + suffix) for suffix in SUFFIXES)
    return report, page, ledger
