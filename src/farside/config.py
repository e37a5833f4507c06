"""The user's configuration file: keys, the default model, base URLs, corrections of profiles, MCP servers."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs

from farside.errors import FarsideError


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says. Every part may be absent."""

    model: str | None = None
    """The model to use where none is named."""
    keys: dict[str, str] = field(default_factory=dict, repr=False)
    """API keys by provider."""
    base_urls: dict[str, str] = field(default_factory=dict)
    """Base URLs by provider, with their /v1."""
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Corrections by `provider/model`: fields of Profile. The file wins over what `farside check` learned."""
    corpora: dict[str, str] = field(default_factory=dict)
    """Folders that every run may search, by name."""
    web: dict[str, str] = field(default_factory=dict)
    """Where to search the web: `searxng`, the address of a SearXNG."""
    mcp: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    """MCP servers by name, as they are written: `farside.tools.mcp.server` reads them."""


_INSIDE: dict[str, type | None] = {
    **{"model": None, "keys": str, "base_urls": str, "profiles": dict},
    **{"corpora": str, "web": str, "mcp": dict},
}
"""What each part of the file holds: a table of such values, or (None) text. By hand: pydantic takes 100 ms."""


def config_path() -> Path:
    """Return FARSIDE_CONFIG, else config.toml in the user's configuration folder."""
    named = os.environ.get("FARSIDE_CONFIG")
    return Path(named) if named else platformdirs.user_config_path("farside") / "config.toml"


def config_files() -> tuple[Path, ...]:
    """Return the files that no agent may see: the user's, and what `farside check` learned where there is such."""
    learned = _learned_path()
    return (config_path(), *([learned] if _read(learned, json.loads) else []))


def load_config() -> Config:
    """Read the file and what `farside check` learned; an absent file is an empty configuration.

    Raises:
        FarsideError: a file is not readable, or not what it should be.
    """
    written = _read(config_path(), tomllib.loads)
    learned = _read(_learned_path(), json.loads)
    if not (written or learned):
        return Config()
    profiles = written.get("profiles", {})
    if isinstance(profiles, dict):
        names = {**learned, **profiles}
        written["profiles"] = {name: {**learned.get(name, {}), **profiles.get(name, {})} for name in names}
    return _checked(written)


def _checked(written: dict[str, Any]) -> Config:
    for part, value in written.items():
        if wrong := _wrong(part, value):
            raise FarsideError(f"{config_path()}: {wrong}.", f"correct the file; its parts: {', '.join(_INSIDE)}")
    config = Config(**written)
    for provider, url in config.base_urls.items():
        check_base_url(url, f"{config_path()}: base_urls.{provider}")
    for engine, url in config.web.items():
        if engine != "searxng":
            raise FarsideError(f"{config_path()}: web.{engine}: there is no such engine.", "there is: searxng")
        check_base_url(url, f"{config_path()}: web.searxng")
    return config


def _wrong(part: str, value: object) -> str | None:
    """Return where a part of the file is not what it should be, and how; no value is shown, as it may be a key."""
    if part not in _INSIDE:
        return f"{part}: there is no such part"
    if (inside := _INSIDE[part]) is None:
        return None if isinstance(value, str) else f"{part}: it must be text"
    if not isinstance(value, dict):
        return f"{part}: it must be a table"
    kind = "text" if inside is str else "a table"
    return next((f"{part}.{name}: it must be {kind}" for name, v in value.items() if not isinstance(v, inside)), None)


def check_base_url(url: str, what: str = "The base URL") -> None:
    """Refuse what is no http address, or holds a password: base URLs are shown and journaled. `what` begins messages.

    Raises:
        FarsideError: it is such; a URL that may hold a password is not shown.
    """
    example = "for example: http://127.0.0.1:8000/v1"
    if "@" in url:
        raise FarsideError(
            f"{what} holds a user name or a password (or another @).",
            "write it without; a key comes from the environment, or from [keys] in the config file",
        )
    if not url.startswith(("http://", "https://")):
        raise FarsideError(f"{what} {url!r} is no http address.", example)
    try:
        parts = urlsplit(url)
        valid = bool(parts.hostname) and parts.port != 0 and url.isprintable() and " " not in url
    except ValueError:
        valid = False
    if not valid:
        raise FarsideError(f"{what} {url!r} has no valid host or port.", example)


def remember_profile(name: str, corrections: dict[str, object]) -> Path:
    """Store what an endpoint taught of `provider/model`, beside the configuration file; return where."""
    path = _learned_path()
    learned = _read(path, json.loads)
    learned[name] = {**learned.get(name, {}), **corrections}
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(learned, indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)
    return path


def _learned_path() -> Path:
    return config_path().with_name("learned.json")


def _read(path: Path, parse: Any) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = parse(path.read_text(encoding="utf-8"))
        return parsed
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise FarsideError(f"{path} cannot be read: {error.strerror}.", f"ls -l {path}") from None
    except ValueError as error:
        raise FarsideError(f"{path} is not valid: {error}.", "correct the file, or move it away") from None
