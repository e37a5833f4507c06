"""What the model is asked about the files: which columns the goal needs, and their values in one file."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from farside.tools.figures import Value, amounts, stands
from farside.tools.inside.survey.asking import Asker, fenced
from farside.tools.inside.survey.profile import FILE
from farside.tools.inside.survey.records import items, labels
from farside.tools.inside.survey.rules import holds, lines

Columns = dict[str, str]
"""Name of a column -> "text" or "number"."""
Reading = dict[str, Value]
TRIES = 3
FORM = {"text": '"..."', "number": "<number>"}
"""What stands for a value where the form of a reading is shown: nothing that could pass for one."""
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
    return named(ask.json("columns.md", {"count": count}, schema, system="planner.md", max_tokens=90))


def named(answer: object) -> Columns:
    """Return the columns that an answer names, whatever else it holds; no name of a file is one."""
    items = [item for item in answer if isinstance(item, dict)] if isinstance(answer, list) else []
    found = {
        re.sub(r"\W+", "_", item["column"].strip()): item["kind"]
        for item in items
        if isinstance(item.get("column"), str) and item.get("kind") in ("text", "number")
    }
    return {name: kind for name, kind in found.items() if name.strip("_") and name != FILE}


def checked(values: object, wanted: Columns) -> Reading | None:
    """Return what a model read if it has a value for each column, of its kind, else None."""
    if not isinstance(values, dict):
        return None
    found = {column: valued(values.get(column), kind) for column, kind in wanted.items()}
    reading = {column: value for column, value in found.items() if value is not None}
    return reading if len(reading) == len(wanted) else None


def valued(value: object, kind: str) -> Value | None:
    """Return a value of that kind, or None: a number may be written as text, and a text be a whole number."""
    if kind == "text":
        return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
    if isinstance(value, str):
        written = amounts(value)
        value = written[0] if len(written) == 1 else None
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    return None


class Reader:
    """Reads files of one shape.

    What turns out to stand in every one of them is not shown again, nor are lines that come several to a file once a
    number was taken from one of them: a value for the file stands elsewhere, if it stands anywhere.
    """

    def __init__(self, ask: Asker, wanted: Columns, texts: Mapping[str, str]) -> None:
        self._ask = ask
        self._wanted = wanted
        self._texts = texts
        self._masked: list[str] = []
        self._labels = labels(texts)
        self._items_shown = True

    def __call__(self, name: str) -> Reading | None:
        """Return values that stand in the file, or None.

        A text of every file, or a number of one line of several, is an answer only if there is no other.

        Raises:
            Refused: the model does not answer.
        """
        last, temperature = None, 0.0
        for attempt in range(TRIES):
            values = self._read(name, temperature, attempt)
            temperature = 0.7
            if values is None or not all(stands(value, self._texts[name]) for value in values.values()):
                continue
            if self._items_shown and self._is_of_items(name, values):
                last, temperature, self._items_shown = values, 0.0, False
                continue
            common = [value for value in values.values() if self._is_common(value)]
            if not common:
                return values
            fresh = [value for value in common if isinstance(value, str)]
            self._masked += fresh
            last = values
            temperature = 0.0 if fresh else 0.7
        return last

    def _read(self, name: str, temperature: float, seed: int) -> Reading | None:
        values = {
            "columns": ", ".join(f"{column} ({kind})" for column, kind in self._wanted.items()),
            "form": ", ".join(f'"{column}": {FORM[kind]}' for column, kind in self._wanted.items()),
            "name": name,
            "text": fenced(without(self._masked, self._shown(name))),
        }
        read = self._ask.json(
            "read.md", values, schema(self._wanted), max_tokens=100, temperature=temperature, seed=seed
        )
        return checked(read, self._wanted)

    def _shown(self, name: str) -> str:
        """Return the text of a file, without lines that come several to a file where these mislead."""
        text = self._texts[name]
        if self._items_shown:
            return text
        left_out = set(items(text, self._labels))
        return "\n".join(line for line in text.split("\n") if line not in left_out)

    def _is_of_items(self, name: str, values: Reading) -> bool:
        """Tell whether a number stands in no line of the file but such as come several to a file."""
        several = set(items(self._texts[name], self._labels))
        numbers = [value for value in values.values() if not isinstance(value, str)]
        return bool(several) and any(
            all(line in several for line in lines(self._texts[name]) if holds(line, value)) for value in numbers
        )

    def _is_common(self, value: Value) -> bool:
        """Tell whether it is a text of every file."""
        known = not isinstance(value, str) or value in self._masked or len(self._texts) <= FEW
        return not known and all(stands(value, text) for text in self._texts.values())


Read = Callable[[str], Reading | None]
"""Reads the file of that name."""


def without(masked: Sequence[str], text: str) -> str:
    """Return a text with what is masked taken out where no word goes on, and lines where nothing else stands."""
    if not masked:
        return text.strip("\n")
    found = re.compile(
        "|".join(rf"(?<!\w){re.escape(value)}(?!\w)" for value in sorted(masked, key=len, reverse=True))
    )
    kept = []
    for line in text.strip("\n").split("\n"):
        rest = re.sub(rf"(?<=\S)[ \t]*(?:{found.pattern})[ \t]*(?=\S)", " ", line)
        rest = found.sub("", rest)
        if rest.strip() or not line.strip():
            kept.append(rest if rest == line else rest.rstrip())
    return "\n".join(kept)


def schema(wanted: Columns) -> dict[str, Any]:
    """Return the JSON Schema of a reading."""
    return {
        "type": "object",
        "properties": {name: {"type": "string" if kind == "text" else "number"} for name, kind in wanted.items()},
        "required": list(wanted),
        "additionalProperties": False,
    }
