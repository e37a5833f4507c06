"""Whatever a server sends as a schema becomes one that every API takes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.tools.mcp.schema import LONGEST_SCHEMA, TYPES, arguments_schema


def fitted(schema: object) -> Any:
    return json.loads(arguments_schema(schema))


POINT = {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}
EMPTY = {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    ("property_", "expected"),
    [
        (True, {"type": "string"}),
        ({"type": ["null", "integer"]}, {"type": "integer"}),
        ({"anyOf": [{"type": "null"}, {"type": "number", "minimum": 1}]}, {"type": "number", "minimum": 1}),
        (
            {"oneOf": [{"type": "string"}, {"type": "integer"}], "description": "A name."},
            {"type": "string", "description": 'A name. Or: [{"type": "integer"}]'},
        ),
        ({"enum": ["a", "b", None]}, {"type": "string", "enum": ["a", "b"]}),
        ({"const": 3}, {"type": "integer", "description": "(const: 3)"}),
        ({"format": "uri", "default": 1}, {"type": "string", "description": '(format: "uri", default: 1)'}),
        ({"items": {"type": "integer"}}, {"type": "array", "items": {"type": "integer"}}),
        ({"type": "array"}, {"type": "array", "items": {"type": "string"}}),
        ({"$ref": "#/$defs/point"}, POINT),
        ({"$ref": "https://elsewhere/schema"}, {"type": "string"}),
        ({"allOf": [{"$ref": "#/$defs/point"}, {"required": ["x", 3]}]}, POINT),
        ({"type": "strange"}, {"type": "string"}),
    ],
)
def test_a_property_has_a_type_and_no_reference(property_: object, expected: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"p": property_}, "$defs": {"point": POINT}}
    assert fitted(schema)["properties"]["p"] == expected


@pytest.mark.parametrize("schema", [None, [], "x", {}, {"type": "array"}, {"type": "object", "properties": 3}])
def test_what_is_no_schema_of_an_object_becomes_one(schema: object) -> None:
    assert fitted(schema) == EMPTY


def test_alternatives_at_the_root_are_one_object() -> None:
    schema = {"type": "object", "anyOf": [{"properties": {"x": True}}], "properties": {"y": {"type": "integer"}}}
    assert set(fitted(schema)["properties"]) == {"x", "y"}


def test_a_circle_ends() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "name": {"type": "string"}}}
    text = arguments_schema(
        {"type": "object", "properties": {"root": {"$ref": "#/$defs/node"}}, "$defs": {"node": node}}
    )
    assert "$ref" not in text
    assert json.loads(text)["properties"]["root"]["properties"]["name"] == {"type": "string"}


def test_references_that_multiply_end() -> None:
    """Eight short definitions, each of which names the next one twenty times."""
    levels = {
        f"level{n}": {"type": "object", "properties": {f"p{k}": {"$ref": f"#/$defs/level{n + 1}"} for k in range(20)}}
        for n in range(8)
    }
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/level0"}, "b": {}}, "$defs": levels}
    assert fitted(schema) == {"type": "object", "properties": {"a": EMPTY, "b": {"type": "string"}}}


def test_parts_without_number_end() -> None:
    parts = [{"properties": {f"p{n}": {"type": "integer"}}, "required": [f"p{n}"]} for n in range(100_000)]
    assert set(fitted({"type": "object", "allOf": parts})["properties"]) == {f"p{n}" for n in range(100)}


def test_names_that_an_api_refuses_are_told_in_the_description() -> None:
    told = fitted({"type": "object", "properties": {"größe": {}, "ok": {}}, "required": ["größe", "ok"]})
    assert (set(told["properties"]), told["required"]) == ({"ok"}, ["ok"])
    assert told["description"] == "Other arguments: größe."


def test_a_huge_schema_is_told_of_without_its_depths() -> None:
    deep = {
        "type": "object",
        "properties": {f"p{n}": {"type": "string", "description": "x" * 500} for n in range(90)},
    }
    text = arguments_schema({"type": "object", "properties": {"a": deep, "b": {"type": "string"}}})
    assert len(text) <= LONGEST_SCHEMA
    assert set(json.loads(text)["properties"]) == {"a", "b"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "properties",
                    "items",
                    "anyOf",
                    "allOf",
                    "oneOf",
                    "$ref",
                    "enum",
                    "required",
                    "const",
                    "minimum",
                ]
            ),
            inner | st.sampled_from(["object", "array", "string", "#", "#/properties", "#/items"]),
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(json_values)
def test_nothing_breaks_it(schema: object) -> None:
    def check(told: dict[str, Any], depth: int = 0) -> None:
        assert told["type"] in TYPES
        for below in (*told.get("properties", {}).values(), *([told["items"]] if "items" in told else [])):
            check(below, depth + 1)

    told = fitted(schema)
    assert told["type"] == "object"
    check(told)
