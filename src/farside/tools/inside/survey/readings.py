"""What the model is asked about the files: which columns the goal needs, and their values in one file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from farside.tools.figures import Value, stands
from farside.tools.inside.survey.asking import Asker, fenced

Columns = dict[str, str]
"""Name of a column -> "text" or "number"."""
Reading = dict[str, Value]
TRIES = 3
FEW = 3
"""Texts up to which a value may well stand in all of them."""
COLUMN = {
    "type": "object",
    "properties": {"column": {"type": "string", "maxLength": 30}, "kind": {"enum": ["text", "number"]}},
    "required": ["column", "kind"],
    "additionalProperties": False,
}


def columns(ask: Asker, count: int) -> Columns:
    """Return the columns that the goal needs. No file is shown: the model would copy out what stands there."""
    schema = {"type": "array", "minItems": 1, "maxItems": 4, "items": COLUMN}
    named = ask.json("columns.md", {"count": count}, schema, system="planner.md", max_tokens=90) or []
    found = {re.sub(r"\W+", "_", item["column"].strip()): item["kind"] for item in named}
    return {name: kind for name, kind in found.items() if name.strip("_") and name != "file"}


class Reader:
    """Reads files of one shape. What turns out to stand in every one of them is not shown again."""

    def __init__(self, ask: Asker, wanted: Columns, texts: Mapping[str, str]) -> None:
        self._ask = ask
        self._wanted = wanted
        self._texts = texts
        self._masked: list[str] = []

    def __call__(self, name: str) -> Reading | None:
        """Return values that stand in the file, or None. A text of every file is an answer only if there is no other.

        Raises:
            Refused: the model does not answer.
        """
        last = None
        for attempt in range(TRIES):
            values = self._read(name, temperature=0.7 if attempt == TRIES - 1 else 0.0)
            if values is None or not all(stands(value, self._texts[name]) for value in values.values()):
                continue
            common = [value for value in values.values() if self._is_common(value)]
            if not common:
                return values
            self._masked += [value for value in common if isinstance(value, str)]
            last = values
        return last

    def _read(self, name: str, temperature: float) -> Reading | None:
        text = without(self._masked, self._texts[name])
        values = {
            "columns": ", ".join(f"{column} ({kind})" for column, kind in self._wanted.items()),
            "form": ", ".join(
                f'"{c}": ' + ('"..."' if kind == "text" else "0.0") for c, kind in self._wanted.items()
            ),
            "name": name,
            "text": fenced(text),
        }
        read = self._ask.json(
            "read.md", values, schema(self._wanted), max_tokens=100, temperature=temperature, seed=1
        )
        return read if isinstance(read, dict) else None

    def _is_common(self, value: Value) -> bool:
        """Tell whether it is a text of every file."""
        known = not isinstance(value, str) or value in self._masked or len(self._texts) <= FEW
        return not known and all(stands(value, text) for text in self._texts.values())


Read = Callable[[str], Reading | None]
"""Reads the file of that name."""


def without(masked: list[str], text: str) -> str:
    """Return a text with what is masked taken out, and its line where nothing else stands there."""
    for value in masked:
        text = re.sub(r"[ \t]*" + re.escape(value) + r"[ \t]*(\n|$)?", r"\1", text)
    return text.strip("\n")


def schema(wanted: Columns) -> dict[str, Any]:
    """Return the JSON Schema of a reading."""
    return {
        "type": "object",
        "properties": {name: {"type": "string" if kind == "text" else "number"} for name, kind in wanted.items()},
        "required": list(wanted),
        "additionalProperties": False,
    }
