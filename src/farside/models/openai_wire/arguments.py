"""The ladder from what a model wrote as arguments to JSON text of one object."""

from __future__ import annotations

import json


def mend(raw: str) -> tuple[str, bool]:
    """Return (arguments, whether they had to be repaired).

    Strict JSON first, then raw control characters inside strings, then json-repair. What is hopeless, or was cut off
    before its last brace (half a call must not run), comes back as it is: the tool answers with an error.
    """
    text = raw.strip()
    if text in ("", "null"):
        return "{}", False
    if _is_object(text, strict=True):
        return text, False
    if _is_object(text, strict=False):
        return json.dumps(json.loads(text, strict=False), ensure_ascii=False), True
    repaired = _repaired(text)
    return (raw, False) if repaired is None else (repaired, True)


def _is_object(text: str, strict: bool) -> bool:
    try:
        return isinstance(json.loads(text, strict=strict), dict)
    except (ValueError, RecursionError):
        return False


def _repaired(text: str) -> str | None:
    if not (text.startswith("{") and text.endswith("}")):
        return None
    import json_repair  # only here: most runs never need it

    value = json_repair.loads(text)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) and value else None
