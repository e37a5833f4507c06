"""Whether a goal asks for something that is worked out from values of many files. Pure.

A model this small says yes, or no, to whatever it is asked about a goal: so the wording decides.
"""

from __future__ import annotations

import re

REASONS = re.compile(r"\b(?:why|how (?:do|does|did|to|can|could|should|would))\b", re.IGNORECASE)
DEEDS = re.compile(
    r"(?:^|[.!?;:,]\s*|\b(?:and|then|please|to)\s+)"
    r"(?:add (?!up)|append|build|change|clean|convert|copy|correct|create|delete|draft|edit|explain|fix|format"
    r"|implement|improve|insert|make|merge|move|organi[sz]e|refactor|remove|rename|repair|replace|rewrite|save|sort"
    r"|split|store|summari[sz]e|translate|update|write)\b",
    re.IGNORECASE,
)
"""Verbs that call for a deed or for prose, where a sentence or clause begins."""
ALL = re.compile(r"\b(?:all|each|every|per|overall|together)\b", re.IGNORECASE)


def asks_for_values(goal: str) -> bool:
    """Tell whether the goal is a question, or speaks of all files, and wants neither a deed nor a reason."""
    return not REASONS.search(goal) and not DEEDS.search(goal) and ("?" in goal or bool(ALL.search(goal)))
