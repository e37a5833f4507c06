"""Prompts are files: read once, rendered strictly."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from string import Template


@cache
def _template(package: str, name: str) -> Template:
    folder = Path(str(sys.modules[package].__file__)).with_name("prompts")
    return Template((folder / name).read_text(encoding="utf-8").strip())


def render(package: str, name: str, /, **values: object) -> str:
    """Return the prompt file `prompts/NAME` of a package with its `$names` filled in.

    Raises:
        KeyError: the file names a value that is not given.
        FileNotFoundError: there is no such prompt.
    """
    return _template(package, name).substitute({key: str(value) for key, value in values.items()})
