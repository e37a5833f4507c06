"""What a view knows of a run beside its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from farside.agent.watcher import Watcher
from farside.models.base import Profile


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a run plays; filled in as it becomes known."""

    run_id: str
    profile: Profile | None = None
    layer: str = ""
    """The sandbox layer that is active; "" before it is known."""
    strength: Literal["strong", "weak", "none"] = "strong"
    """How far that layer can be trusted."""

    @property
    def priced(self) -> bool:
        """Whether the model costs money, as far as is known."""
        return self.profile is not None and bool(self.profile.price_input or self.profile.price_output)


class View(Watcher, Protocol):
    """A Watcher with a place to stand: opened before the run, closed after it."""

    def set(self, scene: Scene) -> None:
        """Learn where the run plays, or more about it."""
        ...

    def close(self) -> None:
        """Leave the screen alone from here on."""
        ...
