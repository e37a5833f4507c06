"""Whether a goal asks to mend what is there, of which a failing test may be the sign. Pure."""

from __future__ import annotations

import re

SIGNS = re.compile(
    r"\b(?:mend|fix|repair|debug|correct|bugs?|bugfix|defect|regression|wrong|incorrect|broken|breaks?|crash\w*|fail\w*"
    r"|errors?|exception|traceback|unexpected|misbehav\w*|no longer|does ?n[o']t work|should)\b"
    r"|\b(?:behebe\w*|reparier\w*|korrigier\w*|fehler\w*|falsch\w*|kaputt|absturz|st\u00fcrzt)\b"
    r"|\u4fee\u590d|\u4fee\u6b63|\u4fee\u597d|\u9519\u8bef|\u5931\u8d25|\u6545\u969c|\u7f3a\u9677|\u5d29\u6e83|\u4e0d\u5bf9|\u51fa\u9519",
    re.IGNORECASE,
)
"""English, German and Chinese words for a fault, and for mending one."""


def asks_to_mend(goal: str) -> bool:
    """Tell whether a goal speaks of a fault or of mending."""
    return bool(SIGNS.search(goal))
