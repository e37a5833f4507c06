"""The tools there are, as data: catalog.toml read into specs, effects and schemas."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from farside.messages import ToolSpec
from farside.tools.base import Effect


@dataclass(frozen=True, slots=True)
class Entry:
    """One tool."""

    spec: ToolSpec
    effect: Effect
    schema: dict[str, Any]
    told: bool
    """Whether models are told of it; the others are for a mission's own calls."""
    brief: ToolSpec | None
    """What a model is told that is told little; None: it is not told of it."""


def catalog() -> dict[str, Entry]:
    """Return the sandboxed tools by name, in the order in which models are told of them."""
    return entries(Path(__file__).with_suffix(".toml"))


def reaching() -> dict[str, Entry]:
    """Return the tools that reach beyond the workspace."""
    return entries(Path(__file__).with_name("reach.toml"))


@cache
def entries(file: Path) -> dict[str, Entry]:
    """Return the tools that a file describes, by name, in its order."""
    return {name: _entry(name, data) for name, data in tomllib.loads(file.read_text()).items()}


def _entry(name: str, data: dict[str, Any]) -> Entry:
    schema = {"type": "object", "properties": data["properties"], "required": data["required"]}
    spec = ToolSpec(name, data["description"].strip(), json.dumps(schema))
    return Entry(spec, Effect(data["effect"]), schema, data.get("told", True), _brief(name, data))


def _brief(name: str, data: dict[str, Any]) -> ToolSpec | None:
    """Return the tool with the arguments that it needs, and their types alone."""
    if "brief" not in data:
        return None
    needed = {argument: {"type": data["properties"][argument]["type"]} for argument in data["required"]}
    return ToolSpec(
        name, data["brief"], json.dumps({"type": "object", "properties": needed, "required": data["required"]})
    )


def briefly(specs: tuple[ToolSpec, ...]) -> tuple[ToolSpec, ...]:
    """Return what a model is told that is told little: of farside's own tools those that have a brief form."""
    known = catalog() | reaching()
    told = (known[spec.name].brief if spec.name in known else spec for spec in specs)
    return tuple(spec for spec in told if spec)
