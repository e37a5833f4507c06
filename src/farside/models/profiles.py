"""What is known of a model, from the data that ships, the user's config and what endpoints taught."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from farside.errors import FarsideError
from farside.models.base import Profile

_KIMI = re.compile(r"kimi[-_.]?k[23]", re.IGNORECASE)
_FIELDS = frozenset(field.name for field in fields(Profile)) - {"name"}


def profile_for(name: str, overrides: Mapping[str, object] | None = None) -> Profile:
    """Build the profile of `provider/model`: the provider's defaults, its family, the model, then `overrides`.

    Raises:
        FarsideError: an override names no field of Profile, or has a wrong type.
    """
    provider, _, model = name.partition("/")
    data = _data(provider)
    known = data.get("models", {}).get(model, {})
    family = data.get("kimi", {}) if _KIMI.search(model) else {}
    shipped = {**data.get("every", {}), **family, **known}
    if "body" in data.get("every", {}):
        shipped["body"] = {**data["every"]["body"], **known.get("body", {})}
    return _checked(name, {**shipped, **overrides}) if overrides else Profile(name=name, **shipped)


def known_models(provider: str) -> tuple[str, ...]:
    """Name the models of a provider that have a profile of their own, in the order of the data."""
    return tuple(f"{provider}/{model}" for model in _data(provider).get("models", {}))


@cache
def _data(provider: str) -> dict[str, Any]:
    path = Path(__file__).with_name("profile_data") / f"{provider}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _checked(name: str, values: Mapping[str, object]) -> Profile:
    """Let pydantic check the types: overrides come from a file that a person wrote."""
    from pydantic import TypeAdapter, ValidationError

    unknown = sorted(values.keys() - _FIELDS)
    if unknown:
        raise FarsideError(
            f"The profile of {name} has no field {unknown[0]!r}.", f"fields are: {', '.join(sorted(_FIELDS))}"
        )
    try:
        return TypeAdapter(Profile).validate_python({"name": name, **values})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(each) for each in first["loc"])
        raise FarsideError(
            f"The profile of {name} has a wrong {field}: {first['msg']}.", "correct it in the config file"
        ) from None
