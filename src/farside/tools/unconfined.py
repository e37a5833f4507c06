"""No sandbox, for who accepts the risk: limits and killing still work, walls there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from farside.tools.sandbox import Confinement


@dataclass(frozen=True, slots=True)
class Unconfined:
    """Runs commands as they are."""

    name: str = "no sandbox"
    strength: Literal["none"] = "none"

    def obstacle(self, confinement: Confinement) -> str | None:
        """Return None: there is nothing that could fail."""
        return None

    def temporary(self, confinement: Confinement) -> Path:
        """Return a folder of the run's."""
        return confinement.scratch / "tmp"

    def command(self, confinement: Confinement, command: Sequence[str]) -> list[str]:
        """Return the command itself."""
        return list(command)
