"""Tools that a file describes, each done by a function: how a mission brings its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from farside.messages import ToolSpec
from farside.tools.arguments import BadArguments, read
from farside.tools.base import Effect, Outcome
from farside.tools.catalog import entries


class Described:
    """Implements `farside.tools.base.Toolbox`. Arguments are checked against the file before a function has them."""

    def __init__(
        self, file: Path, does: Mapping[str, Callable[..., Outcome]], end: Callable[[], None] = lambda: None
    ) -> None:
        """`file` is like catalog.toml; no model is told of a tool with `told = false`. `end` is called at the end."""
        self._entries = entries(file)
        self._does = does
        self._end = end

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """Return what a model is told of each tool, in the order of the file."""
        return tuple(entry.spec for entry in self._entries.values() if entry.told)

    @property
    def names(self) -> Collection[str]:
        """Return every tool there is to call."""
        return self._entries.keys()

    def warm(self) -> None:
        """Do nothing: what a tool needs starts with its first call."""

    def effect(self, name: str) -> Effect:
        """Return the declared effect of a tool; an unknown name is pure."""
        return self._entries[name].effect if name in self._entries else Effect.PURE

    def call(self, name: str, arguments: str, handle: str) -> Outcome:
        """Run one call to its end."""
        if name not in self._entries:
            return Outcome(f"There is no tool {name!r}. There are: {', '.join(self._entries)}.", ok=False)
        try:
            return self._does[name](**read(name, self._entries[name].schema, arguments))
        except BadArguments as error:
            return Outcome(str(error), ok=False)

    def restore(self, session: bytes, lost: tuple[str, ...]) -> tuple[str, ...]:
        """Return what is lost already: there is no session here."""
        return lost

    def close(self) -> None:
        """End what the tools have started. May be called twice."""
        self._end()
