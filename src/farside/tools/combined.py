"""Several sources of tools as one toolbox: the sandboxed ones, the mission's, search and pages, MCP servers."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack

from farside.messages import ToolSpec
from farside.tools.base import Effect, Outcome, Toolbox


class Combined:
    """Implements `farside.tools.base.Toolbox` over others. A name belongs to the first that has it."""

    def __init__(self, sandboxed: Toolbox, *others: Toolbox) -> None:
        """`sandboxed` has the Python session and the survey; the order of `others` is the order of the specs."""
        self._sandboxed = sandboxed
        self._boxes = (sandboxed, *others)

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """Return what a model is told of each tool, source after source, each name once."""
        told: dict[str, ToolSpec] = {}
        for box in self._boxes:
            for spec in box.specs:
                told.setdefault(spec.name, spec)
        return tuple(told.values())

    @property
    def names(self) -> Collection[str]:
        """Return every tool there is to call."""
        return {name for box in self._boxes for name in box.names}

    def warm(self) -> None:
        """Begin to start what the first calls need, without waiting for it."""
        for box in self._boxes:
            box.warm()

    def effect(self, name: str) -> Effect:
        """Return the declared effect of a tool; an unknown name is pure."""
        box = self._owner(name)
        return box.effect(name) if box else Effect.PURE

    def call(self, name: str, arguments: str, handle: str) -> Outcome:
        """Run one call by the source that the name belongs to."""
        box = self._owner(name)
        if box is None:
            names = ", ".join(spec.name for spec in self.specs)
            return Outcome(f"There is no tool {name!r}. There are: {names}.", ok=False)
        return box.call(name, arguments, handle)

    def restore(self, session: bytes, lost: tuple[str, ...]) -> tuple[str, ...]:
        """Bring the Python session's globals back; return the names that could not be restored."""
        return self._sandboxed.restore(session, lost)

    def close(self) -> None:
        """Close every source, also when one of them fails. May be called twice."""
        with ExitStack() as stack:
            for box in self._boxes:
                stack.callback(box.close)

    def _owner(self, name: str) -> Toolbox | None:
        return next((box for box in self._boxes if name in box.names), None)
