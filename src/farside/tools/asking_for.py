"""Whether a goal asks for something that is worked out from values of many files. Pure.

A model this small says yes, or no, to whatever it is asked about a goal: so the wording decides. The patterns are
compiled with the first goal that is looked at: most runs, and all that are resumed, look at none.
"""

from __future__ import annotations

import re

REASONS = r"\b(?:why|how (?:do|does|did|to|can|could|should|would)|warum|wieso|weshalb|wie (?:kann|mache|geht))\b"
DEEDS = (
    r"(?:^|[.!?;:,]\s*|\b(?:and|then|please|to|you|just|quickly|kindly|also|now)\s+)"
    r"(?:add (?!up)|anonymi[sz]e|append|build|change|clean|compress|convert|copy|correct|create|debug|delete|draft"
    r"|draw|edit|encrypt|erase|explain|export|fix|format|generate|implement|improve|insert|install|make|merge|migrate"
    r"|move|organi[sz]e|plot|produce|put|redact|refactor|remove|rename|repair|replace|rewrite|run|save|send|set|sort"
    r"|split|store|summari[sz]e|translate|update|upload|write)\b"
)
"""Verbs that call for a deed or for prose, where a sentence or clause begins."""
GERMAN_DEEDS = (
    r"\b(?:(?:um)?benennen?|verschieben?|kopieren?|l\u00f6schen?|entfernen?|erstellen?|erzeugen?"
    r"|\u00e4ndern?|\u00e4ndere|ersetzen?|speicher[en]|\u00fcbersetzen?|sortieren?|korrigieren?|reparieren?|zusammenfassen"
    r"|exportieren?|schreibe?|(?-i:schreiben))\b"
)
"""The same in German, where the verb may stand anywhere."""
FILES = (
    "bat|cfg|conf|css|csv|db|docx?|html?|ini|java|jpe?g|js|jsonl?|log|md|pdf|png|py|rs|rst|sh|sql|toml|ts|tsv"
    "|txt|xlsx?|xml|ya?ml"
)
TARGETS = (
    rf"\w\.(?:{FILES})\b"
    r"|\b(?:(?:in)?to|as) (?:(?:an?|the|one|another|new|separate) )*(?:\w+ )?"
    r"(?:files?|csv|excel|html|json|markdown|spreadsheet|table|tsv|xml|yaml)\b"
)
"""A file that is named, or a form in which all is wanted."""
ALL = r"\b(?:all|each|every|per|overall|together)\b"


def asks_for_values(goal: str) -> bool:
    """Tell whether the goal is a question, or speaks of all files, and wants neither a deed nor a reason."""
    if any(re.search(pattern, goal, re.IGNORECASE) for pattern in (REASONS, DEEDS, GERMAN_DEEDS, TARGETS)):
        return False
    return "?" in goal or bool(re.search(ALL, goal, re.IGNORECASE))
