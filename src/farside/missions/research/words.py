"""What the hard check knows of words, as data: words.toml."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

_DATA: dict[str, Any] = tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8"))

MONTHS: list[str] = _DATA["months"]
DAYS: list[str] = _DATA["days"]
UNITS: dict[str, int] = {word: value for value, word in enumerate(_DATA["units"])}
TENS: dict[str, int] = {word: 10 * value for value, word in enumerate(_DATA["tens"], 2)}
ORDINALS: dict[str, int] = {word: value for value, word in enumerate(_DATA["ordinals"], 3)}
ORDINARY: frozenset[str] = frozenset(_DATA["ordinary"].split())
ENDINGS: list[str] = _DATA["endings"]
ELIDED: list[str] = _DATA["elided"]
FUNCTION: str = _DATA["function"]
PLACES: list[str] = _DATA["places"]
SURNAMES: str = _DATA["surnames"]
BEFORE_PERSON: str = _DATA["before_person"]
BEHIND_PERSON: str = _DATA["behind_person"]
