"""A call in one line: what it does, not how it is spelled. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping

from farside.arguments import object_of
from farside.cli.plain_text import one_line, safe
from farside.messages import ToolCall

BODIES = {"python": "code", "shell": "command"}
"""Tools whose one argument is a program."""
PROLOGUE = ("import ", "from ", "#", '"""', "'''", "%", "set -")
"""Lines with which programs begin before they do anything."""


def gist(call: ToolCall) -> str:
    """Return what the call does, on one line: the first telling line of a program, else the arguments."""
    arguments = _arguments(call)
    if call.name == "update_plan":
        return ""
    if body := arguments.get(BODIES.get(call.name, "")):
        return _first_deed(str(body))
    return one_line("  ".join(_shown(key, value) for key, value in arguments.items()))


def program(call: ToolCall) -> str:
    """Return what the call does at length: the whole program, else the arguments, a line each."""
    arguments = _arguments(call)
    if body := arguments.get(BODIES.get(call.name, "")):
        return str(body)
    return "\n".join(f"{key}: {_text(value)}" for key, value in arguments.items())


def _arguments(call: ToolCall) -> Mapping[str, object]:
    arguments = object_of(call.arguments)
    return {"arguments": call.arguments} if arguments is None else arguments


def _first_deed(body: str) -> str:
    lines = [line.strip() for line in safe(body).splitlines() if line.strip()]
    deeds = [line for line in lines if not line.startswith(PROLOGUE)]
    shown = (deeds or lines or [""])[0]
    return shown if len(lines) <= 1 else f"{shown} … {len(lines)} lines"


def _shown(key: str, value: object) -> str:
    """Paths speak for themselves, other arguments with their names; long ones by their length."""
    text = _text(value)
    if key in ("path", "handle"):
        return text
    return f"{key} of {len(text)} characters" if len(text) > 80 else f"{key}={text}"


def _text(value: object) -> str:
    try:
        return value if isinstance(value, str) else json.dumps(value)
    except RecursionError:  # brackets in brackets, as many as could just be read
        return "…"
