import json
from typing import Any

from farside.messages import ToolSpec
from farside.models.openai_wire.schema import safe_schema, tools_json


def test_what_moonshot_refuses_is_dropped_and_types_are_filled_in() -> None:
    schema: dict[str, Any] = {
        "title": "Arguments",
        "type": "object",
        "$defs": {"Place": {"title": "Place", "type": "object", "properties": {"name": {"title": "Name"}}}},
        "properties": {
            "title": {"type": "string", "format": "uri"},
            "unit": {"enum": ["m", "ft"]},
            "count": {"const": 3},
            "place": {"$ref": "#/$defs/Place"},
            "many": {"type": "array", "items": {"minimum": 1, "exclusiveMinimum": 0}},
            "free": {"description": "anything"},
        },
        "required": ["title"],
    }
    assert safe_schema(schema) == {
        "type": "object",
        "$defs": {"Place": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "properties": {
            "title": {"type": "string"},
            "unit": {"type": "string", "enum": ["m", "ft"]},
            "count": {"type": "integer", "const": 3},
            "place": {"$ref": "#/$defs/Place"},
            "many": {"type": "array", "items": {"type": "string", "minimum": 1}},
            "free": {"type": "string", "description": "anything"},
        },
        "required": ["title"],
    }


def test_a_tool_is_described_as_a_function() -> None:
    tool = ToolSpec("look", "Looks.", '{"type": "object", "properties": {}}')
    assert json.loads(tools_json((tool,))) == [
        {
            "type": "function",
            "function": {"name": "look", "description": "Looks.", "parameters": {"type": "object", "properties": {}}},
        }
    ]
