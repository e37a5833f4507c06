"""What the id of a tool call says; the form is that of docs/tool_call_guidance.md, which comes with Kimi K2."""

from __future__ import annotations

import re

TRAINED = re.compile(r"(?:functions\.)?([\w\-.]+):\d+")


def name_in(id: str) -> str:
    """Return the tool's name: `functions.NAME:INDEX`, also without `functions.`; a foreign id is the name itself.

    >>> name_in("functions.web-search:2"), name_in("search:0"), name_in("functions.fs.read:1"), name_in("call_7f")
    ('web-search', 'search', 'fs.read', 'call_7f')
    """
    id = id.strip()
    found = TRAINED.fullmatch(id)
    return found[1] if found else id.removeprefix("functions.")
