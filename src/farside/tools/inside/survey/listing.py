"""The plain way: the files, and the beginning of a real one of each shape. Pure."""

from __future__ import annotations

from farside.tools.inside.survey.folder import Folder
from farside.tools.inside.survey.shapes import shapes

ROOM = 3_000
"""Characters in all: less than the least that a model is shown of an output."""
MOST_NAMES = 30
MOST_SHAPES = 3
END = "[end of what the files hold]"
"""The last line is ours: one of a file could pass for an answer that was worked out."""
MOST_GROUPED = 200
"""Files that are grouped by shape: it takes a second for each few hundred."""


def described(folder: Folder) -> str:
    """Return what the folder holds."""
    names = list(folder.texts)
    if not names:
        return "The folder holds no text files."
    filled = {name: folder.texts[name] for name in names[:MOST_GROUPED] if folder.texts[name].strip()}
    rest = f"\n[... and {len(names) - MOST_NAMES} more]" if len(names) > MOST_NAMES else ""
    listed = "\n".join(names[:MOST_NAMES]) + rest
    shown = [group[0] for group in shapes(filled)[:MOST_SHAPES]]
    room = (ROOM - len(listed)) // max(1, len(shown))
    heads = [beginning(name, filled[name], room) for name in shown]
    count = f"The folder holds {len(names)} text file{'s' * (len(names) > 1)}"
    return "\n\n".join([f"{count}:\n{listed}", *heads, END])


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
