"""Reading a call's arguments against its schema: what is wrong becomes a sentence with the right signature."""

from __future__ import annotations

import math
from typing import Any

from farside.arguments import object_of

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}

Schema = dict[str, Any]


class BadArguments(Exception):
    """One or more sentences for the model."""


def read(name: str, schema: Schema, text: str) -> dict[str, Any]:
    """Return the arguments of a call, optional ones that are null left out.

    Raises:
        BadArguments: they are no JSON object, or do not fit the schema.
    """
    value = object_of(text or "{}")
    if value is None:
        raise BadArguments(f"The arguments must be one valid JSON object. {signature(name, schema)}")
    wrong = _faults(value, schema, "")
    if wrong:
        raise BadArguments(f"{' '.join(wrong)} {signature(name, schema)}")
    return {key: entry for key, entry in value.items() if entry is not None}


def signature(name: str, schema: Schema) -> str:
    """Return the tool's signature as a sentence."""
    required = schema.get("required", ())
    parts = [
        f"{key}: {entry['type']}" + ("" if key in required else " (optional)")
        for key, entry in schema["properties"].items()
    ]
    return f"Signature: {name}({', '.join(parts)})."


def _faults(value: Any, schema: Schema, where: str) -> list[str]:
    kind = schema["type"]
    fits: bool = isinstance(value, TYPES[kind])
    if not fits or (isinstance(value, bool) and kind != "boolean"):
        return [f"`{where or 'arguments'}` must be of type {kind}, not {_type_name(value)}."]
    if "enum" in schema and value not in schema["enum"]:
        return [f"`{where}` must be one of {', '.join(map(repr, schema['enum']))}, not {value!r}."]
    if not schema.get("minimum", -math.inf) <= _number(value) <= schema.get("maximum", math.inf):
        return [f"`{where}` must be {_range(schema)}, not {value}."]
    if kind == "array":
        return [
            fault for at, entry in enumerate(value) for fault in _faults(entry, schema["items"], f"{where}[{at}]")
        ]
    if kind == "object":
        return _object_faults(value, schema, where)
    return []


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) else 0


def _range(schema: Schema) -> str:
    bounds = (("at least", "minimum"), ("at most", "maximum"))
    return " and ".join(f"{words} {schema[bound]}" for words, bound in bounds if bound in schema)


def _object_faults(value: dict[str, Any], schema: Schema, where: str) -> list[str]:
    known, required = schema["properties"], schema.get("required", ())
    prefix = f"{where}." if where else ""
    faults = [f"`{prefix}{key}` is missing." for key in required if value.get(key) is None]
    faults += [f"There is no argument `{prefix}{key}`." for key in value if key not in known]
    for key, entry in value.items():
        if key in known and entry is not None:
            faults += _faults(entry, known[key], f"{prefix}{key}")
    return faults


def _type_name(value: Any) -> str:
    if value is None:
        return "null"
    return next((name for name, types in TYPES.items() if type(value) in types), type(value).__name__)
