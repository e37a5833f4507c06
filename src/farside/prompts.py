"""Prompts are files: read once, rendered strictly."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template


@cache
def _template(package: str, name: str) -> Template:
    return Template((files(package) / "prompts" / name).read_text(encoding="utf-8").strip())


def render(package: str, name: str, /, **values: object) -> str:
    """Return the prompt file `prompts/NAME` of a package with its `$names` filled in.

    Raises:
        KeyError: the file names a value that is not given.
        FileNotFoundError: there is no such prompt.
    """
    return _template(package, name).substitute({key: str(value) for key, value in values.items()})
