"""Output of programs as text that a model, a terminal and a database can take."""

from __future__ import annotations

import re

ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), 127) if chr(code) not in "\t\n"}


def escaped(data: bytes) -> str:
    """Decode a file's text: invalid UTF-8 replaced, controls escaped, nothing dropped."""
    return data.decode(errors="replace").translate(CONTROL)


def printable(data: bytes) -> str:
    """Decode a program's output: invalid UTF-8 replaced, colours and overwritten text dropped, controls escaped."""
    text = data.decode(errors="replace")
    if "\x1b" in text:
        text = ANSI.sub("", text)
    if "\r" in text:
        text = "\n".join(map(_last_drawn, text.replace("\r\n", "\n").split("\n")))
    return text.translate(CONTROL)


def _last_drawn(line: str) -> str:
    """Return what a terminal shows of a progress bar: what comes after the last carriage return."""
    return line.rstrip("\r").rpartition("\r")[2]
