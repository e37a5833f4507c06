"""A server as the configuration file has it: `[mcp.NAME]`, read by hand and with its keys kept apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from farside.config import check_base_url, config_path
from farside.errors import FarsideError

NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{0,31}")
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
KEY_LIKE = re.compile(r"key|token|secret|pass|auth|credential|cookie", re.IGNORECASE)
SHORTEST_KEY = 6
"""A shorter value is not cut from what the server says: it would be found everywhere."""
LEAVE_OUT = "leave it out: --no-mcp, or --mcp NAME for those to use"


@dataclass(frozen=True, slots=True)
class Server:
    """How to reach one server, and how far it is trusted."""

    name: str
    command: str = ""
    """The program of a server that runs here; "" = it is reached at `url`."""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    """All that it has in its environment besides what every sandboxed process has."""
    readable: tuple[Path, ...] = ()
    """What it may read beside the system and the workspace."""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    tools: tuple[str, ...] = ()
    """The tools of it that are used; () = all."""
    trust: bool = False
    """Whether its hints about effects are believed."""
    timeout: float = 120.0
    """Seconds that a call may take."""
    start_timeout: float = 60.0
    """Seconds that it may take to start and to list its tools."""
    keys: tuple[str, ...] = field(default=(), repr=False)
    """Values that are cut from all that it says."""

    def without_keys(self, text: str) -> str:
        """Return what the server said with its keys replaced: an error often repeats what it refuses."""
        for key in self.keys:
            text = text.replace(key, "[key]")
        return text


def server_of(name: str, table: Mapping[str, Any], environ: Mapping[str, str]) -> Server:
    """Return the server of one table of the file, `${NAME}` in `env` and `headers` filled in from `environ`.

    Raises:
        FarsideError: the table is not what it should be, or a variable that it names is not set. No value is shown.
    """
    if wrong := _wrong(name, table):
        raise FarsideError(f"{config_path()}: {wrong}.", f"correct the file; a server's parts: {', '.join(_PARTS)}")
    if table.get("url"):
        check_base_url(table["url"], f"{config_path()}: mcp.{name}.url")
    env = {key: _filled(name, value, environ) for key, value in table.get("env", {}).items()}
    headers = {key: _filled(name, value, environ) for key, value in table.get("headers", {}).items()}
    given = {key: value for key, value in table.items() if key not in ("env", "headers")}
    lists = {key: tuple(value) for key, value in given.items() if isinstance(value, list)}
    if "readable" in lists:
        lists["readable"] = tuple(Path(path).expanduser().absolute() for path in lists["readable"])
    keys = _keys(table.get("env", {}), env) | _keys(table.get("headers", {}), headers)
    longest_first = tuple(sorted(keys, key=len, reverse=True))
    return Server(name, **{**given, **lists}, env=env, headers=headers, keys=longest_first)


def _wrong(name: str, table: Mapping[str, Any]) -> str | None:
    """Return where a table is not what it should be, and how."""
    where = f"mcp.{name}"
    if not NAME.fullmatch(name):
        return f"{where}: a server's name has letters, digits, _ and -, begins with a letter, and is at most 32 long"
    for part, value in table.items():
        if part not in _PARTS:
            return f"{where}.{part}: there is no such part"
        fits, what = _PARTS[part]
        if not fits(value):
            return f"{where}.{part}: it must be {what}"
    if bool(table.get("command")) == bool(table.get("url")):
        return f"{where}: it needs a command or a url, and not both"
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _maps_texts(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values())) and not any("=" in key for key in value)


def _is_seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 3600


_TEXT = (_is_text, "text")
_TEXTS = (_are_texts, "a list of texts")
_TABLE = (_maps_texts, "a table of texts")
_SECONDS = (_is_seconds, "seconds, more than 0 and at most 3600")
_PARTS: dict[str, tuple[Callable[[object], bool], str]] = {
    "command": _TEXT,
    "args": _TEXTS,
    "env": _TABLE,
    "readable": _TEXTS,
    "url": _TEXT,
    "headers": _TABLE,
    "tools": _TEXTS,
    "trust": (lambda value: isinstance(value, bool), "true or false"),
    "timeout": _SECONDS,
    "start_timeout": _SECONDS,
}


def _filled(name: str, value: str, environ: Mapping[str, str]) -> str:
    for variable in VARIABLE.findall(value):
        if not environ.get(variable):
            raise FarsideError(
                f"The MCP server {name} needs {variable}, which is not set.",
                f"export {variable}=..., or {LEAVE_OUT}",
            )
    return VARIABLE.sub(lambda found: environ[found[1]], value)


def _keys(written: Mapping[str, str], filled: Mapping[str, str]) -> set[str]:
    """Return the values that are secret: those from the user's environment, and those of names that say so."""
    secret = {name for name, text in written.items() if VARIABLE.search(text) or KEY_LIKE.search(name)}
    words = {word for name in secret for word in (filled[name], *filled[name].split())}
    return {word for word in words if len(word) >= SHORTEST_KEY and word.lower() != "bearer"}
