"""The plain way: the files, and the beginning of a real one of each shape. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ROOM = 3_000
"""Characters in all: less than the least that a model is shown of an output."""
MOST_NAMES = 30
MOST_SHAPES = 3


def described(found: Mapping[str, str], groups: Sequence[Sequence[str]]) -> str:
    """Return what the folder holds."""
    if not found:
        return "The folder holds no text files."
    names = list(found)
    rest = f"\n[... and {len(names) - MOST_NAMES} more]" if len(names) > MOST_NAMES else ""
    listed = "\n".join(names[:MOST_NAMES]) + rest
    shown = [group[0] for group in groups[:MOST_SHAPES]]
    room = (ROOM - len(listed)) // max(1, len(shown))
    heads = [beginning(name, found[name], room) for name in shown]
    return "\n\n".join([f"The folder holds {len(names)} text file{'s' * (len(names) > 1)}:\n{listed}", *heads])


def beginning(name: str, text: str, room: int) -> str:
    """Return the first lines of a file that find room."""
    kept, used = [], 0
    for line in text.rstrip().splitlines():
        used += len(line) + 1
        if used > room:
            kept.append("[...]")
            break
        kept.append(line)
    return "\n".join([f"{name} begins:" if kept[-1:] == ["[...]"] else f"{name}:", *kept])
