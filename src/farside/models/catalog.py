"""Which brain: from a name `provider/model` to an open Model, and what can be used on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from farside.config import Config, check_base_url, config_path, load_config
from farside.errors import FarsideError
from farside.models.base import Model, Profile, Refused
from farside.models.mini import MINI
from farside.models.profiles import known_models, profile_for
from farside.models.secret import Secret


@dataclass(frozen=True, slots=True)
class Provider:
    """A peer that speaks the OpenAI-compatible wire."""

    base_url: str
    key_name: str
    """The environment variable that holds its key."""
    needs_key: bool
    """At its own base URL; a server of one's own may do without."""


WIRE = {
    "moonshot": Provider("https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", True),
    "openrouter": Provider("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", True),
    "openai": Provider("https://api.openai.com/v1", "OPENAI_API_KEY", True),
    "ollama": Provider("http://127.0.0.1:11434/v1", "", False),
    "vllm": Provider("http://127.0.0.1:8000/v1", "", False),
    "sglang": Provider("http://127.0.0.1:30000/v1", "", False),
}

_EXAMPLES = {
    "moonshot": "moonshot/kimi-k2.6",
    "openrouter": "openrouter/moonshotai/kimi-k2-thinking",
    "openai": "openai/NAME --base-url URL",
    "ollama": "ollama/NAME",
    "vllm": "vllm/moonshotai/Kimi-K2-Thinking",
    "sglang": "sglang/moonshotai/Kimi-K2-Thinking",
}

ANY_K2 = "k2/PATH"
"""Checkpoints as such."""


def default_model(config: Config) -> str:
    """Return the model to use where none is named: FARSIDE_MODEL, the config file, else the embedded one."""
    return os.environ.get("FARSIDE_MODEL") or config.model or "local"


def absolute(name: str) -> str:
    """Return a model's name with its file or folder, where it is one, named from the root.

    A run is resumed from anywhere.
    """
    provider, _, rest = name.partition("/")
    path = Path(rest).expanduser()
    is_there = path.is_dir() if provider == "k2" else provider in ("scripted", "local") and path.is_file()
    if rest and is_there and name != MINI:
        return f"{provider}/{path.absolute()}"
    return name


def known_profile(name: str, config: Config | None = None) -> Profile:
    """Return what is known of `provider/model` without a key, a server or a file of it.

    Raises:
        FarsideError: there is no such provider, or the name has no model.
    """
    config = config or load_config()
    provider, _, model = name.partition("/")
    if provider == "local":
        from farside.models.local import local_profile

        return local_profile(name)
    if provider == "k2":
        from farside.models.k2 import k2_profile

        return k2_profile(name, config.profiles.get(name))
    if provider not in (*WIRE, "scripted") or not model:
        raise _unknown(name)
    return profile_for(name, config.profiles.get(name))


def open_model(name: str, base_url: str | None = None, config: Config | None = None) -> Model:
    """Open `provider/model`; nothing is sent yet.

    Raises:
        Refused: the provider's key is missing, or cannot be one.
        FarsideError: an unknown provider, a model without a name, a base URL that is none, or what the provider's own
            opening raises.
    """
    config = config or load_config()
    provider, _, model = name.partition("/")
    overrides = config.profiles.get(name, {})
    if provider == "local":
        from farside.models.local import open_local

        return open_local(name)
    if provider == "scripted":
        from farside.models.scripted import open_scripted

        return open_scripted(name, overrides)
    if provider == "k2":
        from farside.models.k2 import open_k2

        return open_k2(name, overrides)
    if provider not in WIRE or not model:
        raise _unknown(name)
    return _open_wire(name, WIRE[provider], base_url, config)


def _open_wire(name: str, provider: Provider, base_url: str | None, config: Config) -> Model:
    from farside.models.openai_wire.client import OpenAIWire

    url = base_url or config.base_urls.get(name.partition("/")[0])
    if url:
        _check_address(url, provider.base_url)
    key = find_key(name.partition("/")[0], config)
    if provider.needs_key and not key and not url:
        raise Refused(
            f"{name} needs a key, and {provider.key_name} is not set.",
            f"export {provider.key_name}=…  (or [keys] in {config_path()})",
        )
    profile = profile_for(name, config.profiles.get(name))
    return OpenAIWire(profile, url or provider.base_url, key, provider.key_name)


def _check_address(url: str, example: str) -> None:
    from farside.models.http import httpx

    check_base_url(url)
    try:
        httpx.URL(url).host  # noqa: B018  (decoding it is what fails)
    except (httpx.InvalidURL, UnicodeError) as error:
        message = f"The base URL {url!r} has no valid host or port: {error}."
        raise FarsideError(message, f"for example: {example}") from None


def find_key(provider: str, config: Config) -> Secret:
    """Return a provider's key: from the environment, else from the config file, else an empty one.

    Raises:
        Refused: what stands there cannot be a key.
    """
    key_name = WIRE[provider].key_name
    from_environment = os.environ.get(key_name, "").strip() if key_name else ""
    key = from_environment or config.keys.get(provider, "").strip()
    if not all("!" <= character <= "~" for character in key):
        where = key_name if from_environment else f"{provider} under [keys] in {config_path()}"
        raise Refused(
            f"The key in {where} holds a space or a character outside ASCII, and no key does.",
            "copy the key again, and nothing beside it",
        )
    return Secret(key)


def _unknown(name: str) -> FarsideError:
    provider = name.partition("/")[0]
    if provider in WIRE:
        message = f"{name!r} names a provider but no model."
        return FarsideError(message, f"for example: {_EXAMPLES[provider]}")
    providers = ", ".join(["local", "k2", *WIRE, "scripted"])
    return FarsideError(f"There is no model provider {provider!r}.", f"providers are {providers}: farside models")


@dataclass(frozen=True, slots=True)
class Availability:
    """A row of `farside models`."""

    name: str
    usable: bool
    why: str
    """Why it can or cannot be used here."""
    next_step: str = ""


def availability(config: Config | None = None) -> Iterator[Availability]:
    """Tell for each way to reach a model whether it can be used here; local servers are asked, nobody else is."""
    config = config or load_config()
    yield _local()
    for provider, wire in WIRE.items():
        yield _hosted(provider, wire, config) if wire.needs_key else _server(provider, wire, config)
    yield Availability("scripted/FILE.jsonl", True, "replies from a file, for tests and replay")
    default = default_model(config)
    yield _k2(default if default.startswith("k2/") and default != MINI else ANY_K2)
    yield _k2(MINI)


def _local() -> Availability:
    from farside.models.download import locate

    if find_spec("xllamacpp") is None:
        return Availability("local", False, "the extra `local` is not installed", "pip install 'farside[local]'")
    try:
        file = locate()
    except FarsideError as error:
        return Availability("local", False, str(error), error.next_step)
    where = f"in this process, from {file}" if file else "in this process; the first run downloads 1.1 GB"
    return Availability("local", True, where)


def _k2(name: str) -> Availability:
    """Tell of one checkpoint, or of `ANY_K2`."""
    from farside.models.k2 import check_packages, examined, folder

    try:
        check_packages()
        if name != ANY_K2:
            examined(folder(name))
    except FarsideError as error:
        return Availability(name, False, str(error), error.next_step)
    what = "K2-mini, which ships with farside" if name == MINI else "a Kimi K2 checkpoint that fits in memory"
    return Availability(name, True, f"{what}, in this process")


def _hosted(provider: str, wire: Provider, config: Config) -> Availability:
    example = _EXAMPLES[provider]
    try:
        key = find_key(provider, config)
    except Refused as error:
        return Availability(example, False, str(error), error.next_step)
    if key:
        names = [name.removeprefix(f"{provider}/") for name in known_models(provider)]
        why = f"a key is set; known models: {', '.join(names)}" if names else "a key is set"
        return Availability(example, True, why, f"farside check {example}")
    if provider in config.base_urls:
        return Availability(example, True, f"base URL {config.base_urls[provider]}", f"farside check {example}")
    return Availability(example, False, f"{wire.key_name} is not set", f"export {wire.key_name}=…")


def _server(provider: str, wire: Provider, config: Config) -> Availability:
    url = config.base_urls.get(provider, wire.base_url)
    names = _served(url)
    if names is None:
        step = f"start it, or name it: farside run --model {_EXAMPLES[provider]} --base-url URL"
        return Availability(_EXAMPLES[provider], False, f"no server answers at {url}", step)
    example = f"{provider}/{names[0]}" if names else _EXAMPLES[provider]
    return Availability(example, True, f"{url} serves {', '.join(names[:5]) or 'models'}", f"farside check {example}")


def _served(url: str) -> list[str] | None:
    """Ask a server for its models; None where there is no such server."""
    from farside.models.http import httpx

    try:
        return [str(each["id"]) for each in httpx.get(f"{url}/models", timeout=1.0).json()["data"]]
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
    except (ValueError, KeyError, TypeError):
        return []
