"""Labelled pairs of a sentence and the span that it cites."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from farside.missions.research.spans import Page, Span


@dataclass(frozen=True)
class Pair:
    """One pair. `hard`: its fault is a number, date, name or quotation that does not stand in the span."""

    kind: str
    sentence: str
    span: str
    supported: bool
    hard: bool = False


def pairs() -> list[Pair]:
    rows = tomllib.loads(Path(__file__).with_name("pairs.toml").read_text())["pair"]
    return [Pair(**row) for row in rows]


def page(text: str, name: str = "notes:a.md") -> Page:
    return Page(name, "record", hashlib.sha256(text.encode()).hexdigest(), "2026-01-02T03:04:05Z", text)


def span(text: str, name: str = "notes:a.md") -> Span:
    return Span(page(text, name), 1, text.count("\n") + 1, text)
