"""The arguments of a call: JSON text that should be one object."""

from __future__ import annotations

import json
from typing import Any


def object_of(text: str | bytes, strict: bool = False) -> dict[str, Any] | None:
    """Return the JSON object that `text` is, or None where it is anything else, however broken or deep.

    Unless `strict`, raw control characters may stand inside strings.
    """
    try:
        value = json.loads(text, strict=strict)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
