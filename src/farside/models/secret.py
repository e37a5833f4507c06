"""A key that shows itself to nobody by accident."""

from __future__ import annotations


class Secret:
    """Holds a key; `reveal` is the one way to it. An empty one is false."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(…)" if self._value else "Secret()"

    def reveal(self) -> str:
        """Return the key, for a header."""
        return self._value

    def cut_from(self, text: str) -> str:
        """Return `text` with the key in it replaced."""
        return text.replace(self._value, "[key]") if self._value else text
