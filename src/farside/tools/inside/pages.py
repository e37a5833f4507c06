"""Looking into the whole text of an earlier output: a page of it, or the lines that match."""

from __future__ import annotations

import re

from farside.tools.inside.files import ToolError

PAGE = 12_000
"""Characters of one page."""


def recall(text: str, start: int = 0, pattern: str = "") -> str:
    """Return the page of `text` from character `start` on, or its lines that match `pattern`, numbered."""
    if pattern:
        return _matches(text, pattern)
    if start >= len(text) and text:
        raise ToolError(f"The output has {len(text):,} characters: nothing from {start:,} on.")
    end = min(len(text), start + PAGE)
    more = f"; go on with start={end}" if end < len(text) else ""
    return f"{text[start:end]}\n[characters {start:,} to {end:,} of {len(text):,}{more}]"


def _matches(text: str, pattern: str) -> str:
    try:
        wanted = re.compile(pattern)
    except re.error as error:
        raise ToolError(f"The pattern is no regular expression: {error}.") from error
    lines = text.splitlines()
    found = [f"{number}: {line}" for number, line in enumerate(lines, 1) if wanted.search(line)]
    if not found:
        return f"(none of the {len(lines):,} lines matches {pattern!r})"
    return "\n".join([*found, f"[{len(found):,} of {len(lines):,} lines match]"])
