"""Events as JSON text and back. By hand, as this is on the way of every resume: no schema library to import.

A field that a journal lacks takes its default, so that fields can be added; one that this version does not know is
refused, as is any other kind of event.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from farside.agent.events import Event


def encode(event: Event) -> str:
    """Return an event as JSON text."""
    return json.dumps(asdict(event), ensure_ascii=False, separators=(",", ":"))


def decode(body: str) -> Event:
    """Return the event of its JSON text.

    Raises:
        ValueError: the text is no event that this version knows.
    """
    data = json.loads(body)
    if not isinstance(data, dict) or data.get("kind") not in _kinds():
        raise ValueError(f"no event of this version: {body[:80]}")
    try:
        event: Event = _built(_kinds()[data["kind"]], data)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"a {data['kind']} that does not fit: {error}") from error
    return event


@cache
def _kinds() -> dict[str, type]:
    return {str(each.default): kind for kind in get_args(Event) for each in fields(kind) if each.name == "kind"}


def _built(kind: type, data: dict[str, Any]) -> Any:
    for name, reader in _readers(kind).items():
        if name in data:
            data[name] = reader(data[name])
    return kind(**data)


@cache
def _readers(kind: type) -> dict[str, Callable[[Any], Any]]:
    """Return how to read the fields of a dataclass that are more than plain JSON values."""
    hints = get_type_hints(kind)
    found = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    return {name: reader for name, reader in found.items() if reader}


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    if is_dataclass(hint) and isinstance(hint, type):
        return lambda value: _built(hint, value)
    if get_origin(hint) is tuple:
        item = _reader(get_args(hint)[0])
        return (lambda values: tuple(map(item, values))) if item else tuple
    if get_origin(hint) is UnionType and any(map(_reader, get_args(hint))):
        raise TypeError(f"no way to read {hint}")
    return None
