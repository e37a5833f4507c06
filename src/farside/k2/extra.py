"""The packages of an extra: named where one is missing, before anything is imported that rests on it."""

from __future__ import annotations

from importlib.util import find_spec

from farside.errors import FarsideError


def need(what: str, *packages: str, extra: str = "k2") -> None:
    """Check that the packages of an extra which `what` rests on are installed.

    Raises:
        FarsideError: one is not; it is named.
    """
    for package in packages:
        if find_spec(package) is None:
            raise FarsideError(f"{what} needs {package}, which is not here.", f"pip install 'farside[{extra}]'")
