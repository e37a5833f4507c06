"""Tool schemas in the subset of JSON Schema that every peer accepts, Moonshot's MFJS included."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from farside.messages import ToolSpec

_DROPPED = frozenset(
    {"title", "$comment", "$schema", "$id", "format", "prefixItems", "unevaluatedItems"}
    | {"exclusiveMinimum", "exclusiveMaximum", "minContains", "maxContains"}
)
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}
_UNTYPED = frozenset({"type", "$ref", "anyOf", "oneOf", "allOf"})


@lru_cache(maxsize=16)
def tools_json(tools: tuple[ToolSpec, ...]) -> bytes:
    """Return the JSON array for the body's `tools`."""
    described = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": safe_schema(json.loads(tool.schema)),
            },
        }
        for tool in tools
    ]
    return json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()


def safe_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Drop the keywords that MFJS refuses, keep `$defs` at the root only, and give each property a type."""
    return {key: _value(key, value) for key, value in schema.items() if key not in _DROPPED}


def _value(key: str, value: Any) -> Any:
    if key == "$defs":
        return {name: safe_schema(each) for name, each in value.items()}
    if key == "properties":
        return {name: _typed(safe_schema(each)) for name, each in value.items()}
    if key in ("items", "additionalProperties") and isinstance(value, dict):
        return _typed(safe_schema(value)) if key == "items" else safe_schema(value)
    if key in ("anyOf", "oneOf", "allOf"):
        return [safe_schema(each) for each in value]
    return value


def _typed(schema: dict[str, Any]) -> dict[str, Any]:
    """A property without a type is a 400 at Moonshot: take it from enum or const, else say string."""
    if _UNTYPED & schema.keys():
        return schema
    examples = schema.get("enum") or [schema.get("const")]
    return {"type": _TYPES.get(type(examples[0]), "string"), **schema}
