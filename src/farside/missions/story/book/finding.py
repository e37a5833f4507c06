"""What does not hold in a book: a value with its place, said in the language of who reads it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Literal

Weight = Literal["form", "broken", "note"]
"""`form`: the folder contradicts itself. `broken`: the text contradicts bible or ledger. `note`: to look at."""

WEIGHTS: dict[str, Weight] = {"form": "form", "broken": "broken", "note": "note"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold."""

    kind: str
    """Its name in findings.toml."""
    file: str
    """Relative to the book's folder."""
    line: int
    """From 1; 0 = the whole file."""
    subject: str = ""
    detail: str = ""

    @property
    def weight(self) -> Weight:
        """How much it weighs."""
        return WEIGHTS[_table()[self.kind]["weight"]]

    @property
    def key(self) -> str:
        """By what `intended.md` names it."""
        return f"{self.kind.replace('_', ' ')} {self.subject}".strip().lower()

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def sentence(self, language: str = "en") -> str:
        """Return it as a sentence, without its place."""
        return Template(_table()[self.kind][language]).substitute(subject=self.subject, detail=self.detail)

    def told(self, language: str = "en") -> str:
        """Return place and sentence on one line."""
        return f"{self.place}: {self.sentence(language)}"


@cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = tomllib.loads(
        Path(__file__).with_name("findings.toml").read_text(encoding="utf-8")
    )
    return table
