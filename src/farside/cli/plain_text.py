"""Text of models and tools, made safe and short for a terminal. Pure.

What they write can hold escape codes that would clear the screen or forge a prompt: none gets through.
"""

from __future__ import annotations

import re
import textwrap
from typing import Literal

ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # operating system commands: titles, links, clipboard
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # other strings
    r"|\x1b\[[0-?]*[ -/]*[@-~]?"  # colours, cursor
    r"|\x1b[ -/]*[0-~]?"
)
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""All but newline and tab; marks that turn the reading direction; halves of characters."""


def safe(text: str) -> str:
    """Return the text without anything that steers a terminal."""
    return CONTROLS.sub("", ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).expandtabs(4)


def one_line(text: str) -> str:
    """Return the text on one line, safe, runs of space as one."""
    return " ".join(safe(text).split())


def cut(text: str, width: int) -> str:
    """Return at most `width` characters, the last an ellipsis where something is left out."""
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "…"


def fitted(text: str, width: int, lines: int, keep: Literal["head", "tail"] = "head") -> list[str]:
    """Return the text as at most `lines` lines of `width` characters: its head or its tail, with an ellipsis."""
    wrapped = textwrap.wrap(one_line(text), max(width, 10))
    if len(wrapped) <= lines:
        return wrapped
    if keep == "tail":
        return [f"…{wrapped[-lines]}"[:width], *wrapped[len(wrapped) - lines + 1 :]]
    return [*wrapped[: lines - 1], cut(wrapped[lines - 1] + " …", width)]


def cut_left(text: str, width: int) -> str:
    """Return at most the last `width` characters, the first an ellipsis where something is left out."""
    return text if len(text) <= width else "…" + text[len(text) - max(width - 1, 0) :]


def head(text: str, width: int, lines: int) -> list[str]:
    """Return the first `lines` lines that are not blank, each cut to `width`, and how many more there are."""
    found = [line.rstrip() for line in safe(text).splitlines() if line.strip()]
    shown = [cut(line, width) for line in found[:lines]]
    if len(found) > lines:
        left = len(found) - lines
        more = f" (+{left} {'line' if left == 1 else 'lines'})"
        shown[-1] = cut(shown[-1], max(width - len(more), 8)) + more
    return shown


def error_head(text: str, width: int, lines: int) -> list[str]:
    """Return the head of an error; of a traceback the end, which says what happened."""
    found = [line.rstrip() for line in safe(text).splitlines() if line.strip()]
    at = next((number for number, line in enumerate(found) if line.startswith("Traceback (")), None)
    ends = [line for line in found[at or 0 :] if not line.startswith((" ", "Traceback ("))]
    return head("\n".join(ends) if at is not None and ends else text, width, lines)
