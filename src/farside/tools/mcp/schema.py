"""Any JSON Schema as one that every model's API takes: an object, each property with a type, no references.

The server checks the arguments itself: what is lost here is a hint to the model, and the rest stands in descriptions.
"""

from __future__ import annotations

import json
import re
from typing import Any

DEEPEST = 6
"""Levels below which an object is told of without its properties."""
MOST_PROPERTIES = 100
MOST_PARTS = 100
"""Of one allOf that are joined."""
MOST_VALUES = 1_000
"""Of one schema that are told: references may multiply. More are longer than LONGEST_SCHEMA."""
PROPERTY = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
"""Other names are refused by some APIs: they are told in the description."""
LONGEST_TEXT = 1_000
LONGEST_SCHEMA = 20_000
"""Characters above which the nested parts of a schema are left out."""
TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object"})
KEPT = ("minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength")
TOLD = ("format", "pattern", "default", "const")
"""Keywords that some APIs refuse: they are told in the description."""
_OF_VALUE = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}

Schema = dict[str, Any]


def arguments_schema(schema: object) -> str:
    """Return the JSON text of the schema of a tool's arguments, whatever the server sent as one."""
    root = schema if isinstance(schema, dict) else {}
    for depth in (DEEPEST, 1):
        fitted = _Fitting(root).value(root, depth, ())
        if fitted.get("type") != "object":
            fitted = {"type": "object", "properties": {}}
        text = json.dumps(fitted, ensure_ascii=False)
        if len(text) <= LONGEST_SCHEMA:
            return text
    return json.dumps({"type": "object", "properties": {}})


class _Fitting:
    """One schema with the definitions that its references name."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._told = 0

    def value(self, schema: object, depth: int, within: tuple[str, ...]) -> Schema:
        """Return a schema with a type. `within` are the references on the way: a circle ends at its first repeat."""
        self._told += 1
        if self._told > MOST_VALUES:
            return {"type": "string"}
        source, within = self._plain(schema, within)
        kind = _type(source)
        fitted: Schema = {"type": kind}
        if words := _description(source):
            fitted["description"] = words
        if kind == "object":
            fitted |= self._object(source, depth, within)
        elif kind == "array":
            fitted["items"] = self.value(source.get("items"), depth - 1, within) if depth else {"type": "string"}
        if (values := _values(source, kind)) is not None:
            fitted["enum"] = values
        return fitted | {key: source[key] for key in KEPT if _is_number(source.get(key))}

    def _object(self, source: Schema, depth: int, within: tuple[str, ...]) -> Schema:
        listed = source.get("properties")
        properties = listed if isinstance(listed, dict) and depth > 0 else {}
        names = [name for name in properties if PROPERTY.fullmatch(name)][:MOST_PROPERTIES]
        fitted = {name: self.value(properties[name], depth - 1, within) for name in names}
        needed = [name for name in _list(source, "required") if isinstance(name, str) and name in fitted]
        untold = [name for name in properties if name not in fitted]
        words = f"{_description(source)} Other arguments: {', '.join(untold)}.".strip()[:LONGEST_TEXT]
        return {
            "properties": fitted,
            **({"required": needed} if needed else {}),
            **({"description": words} if untold else {}),
        }

    def _plain(self, schema: object, within: tuple[str, ...]) -> tuple[Schema, tuple[str, ...]]:
        """Return a schema without $ref, allOf, anyOf and oneOf: of alternatives the first that is not null."""
        source = schema if isinstance(schema, dict) else {}
        for _ in range(DEEPEST):
            reference = source.get("$ref")
            if isinstance(reference, str):
                target = {} if reference in within else self._target(reference)
                within = (*within, reference)
                source = target | {key: value for key, value in source.items() if key != "$ref"}
                continue
            joined = [part for part in _list(source, "allOf")[:MOST_PARTS] if isinstance(part, dict)]
            other = [part for key in ("anyOf", "oneOf") for part in _list(source, key) if not _is_null(part)]
            if not joined and not other:
                break
            source = _merged(source, [*joined, *other[:1]], other[1:])
        return source, within

    def _target(self, reference: str) -> Schema:
        found: object = self._root
        if not reference.startswith("#"):
            return {}
        for step in filter(None, reference[1:].split("/")):
            found = found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}


def _merged(source: Schema, parts: list[Schema], alternatives: list[object]) -> Schema:
    """Return a schema and its parts as one; what else would be taken is told."""
    merged: Schema = {}
    own = {key: value for key, value in source.items() if key not in ("allOf", "anyOf", "oneOf")}
    for part in (*parts, own):
        properties = {**_table(merged, "properties"), **_table(part, "properties")}
        required = [*_list(merged, "required"), *_list(part, "required")]
        merged |= part
        merged |= {"properties": properties} if properties else {}
        merged |= {"required": list(dict.fromkeys(map(str, required)))} if required else {}
    if alternatives:
        told = json.dumps(alternatives, ensure_ascii=False)
        merged["description"] = f"{merged.get('description') or ''} Or: {told[:300]}".strip()
    return merged


def _type(source: Schema) -> str:
    named = source.get("type")
    candidates = named if isinstance(named, list) else [named]
    kinds = [kind for kind in candidates if isinstance(kind, str) and kind in TYPES]
    if kinds:
        return kinds[0]
    if isinstance(source.get("properties"), dict):
        return "object"
    if "items" in source:
        return "array"
    examples = _list(source, "enum") or ([source["const"]] if "const" in source else [])
    return _OF_VALUE.get(type(examples[0]), "string") if examples else "string"


def _values(source: Schema, kind: str) -> list[object] | None:
    """Return the values of an enum that fit its type; an API refuses a null among texts."""
    found = [value for value in _list(source, "enum") if _OF_VALUE.get(type(value)) == kind]
    return found if found and kind in ("string", "integer", "number") else None


def _description(source: Schema) -> str:
    words = source.get("description")
    told = [f"{key}: {json.dumps(source[key], ensure_ascii=False)}" for key in TOLD if key in source]
    text = f"{words if isinstance(words, str) else ''}" + (f" ({', '.join(told)})" if told else "")
    return text.strip()[:LONGEST_TEXT]


def _is_null(schema: object) -> bool:
    return not isinstance(schema, dict) or schema.get("type") == "null"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _list(source: Schema, key: str) -> list[Any]:
    found = source.get(key)
    return found if isinstance(found, list) else []


def _table(source: Schema, key: str) -> Schema:
    found = source.get(key)
    return found if isinstance(found, dict) else {}
