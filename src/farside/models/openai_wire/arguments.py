"""The ladder from what a model wrote as arguments to JSON text of one object."""

from __future__ import annotations

import json
import re

from farside.arguments import object_of

_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_AMBIGUOUS = re.compile(r"(?<!\\)(?:\\\\)*\\[\r\n]")
"""A backslash before a raw line end: the escape `\\n` cut in two, or a continued line. Either guess changes code."""
_WORD = re.compile(r"\w+")


def mend(raw: str) -> tuple[str, bool]:
    """Return (arguments, whether they had to be repaired).

    Strict JSON first, then raw control characters inside strings, then json-repair. What is hopeless, was cut off
    before its last brace (half a call must not run), is ambiguous, or would lose a word in the repair comes back as
    it is: the tool then answers with an error.
    """
    text = raw.strip()
    if text in ("", "null"):
        return "{}", False
    if object_of(text, strict=True) is not None:
        return text, False
    if (value := object_of(text)) is not None:
        return json.dumps(value, ensure_ascii=False), True
    repaired = _repaired(text)
    return (raw, False) if repaired is None else (repaired, True)


def _repaired(text: str) -> str | None:
    if not (text.startswith("{") and text.endswith("}")) or _AMBIGUOUS.search(text):
        return None
    import json_repair  # only here: most runs never need it

    try:
        value = json_repair.loads(text)
        repaired = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    return repaired if isinstance(value, dict) and value and _words(repaired) == _words(text) else None


def _words(text: str) -> list[str]:
    return _WORD.findall(_ESCAPE.sub(" ", text))
