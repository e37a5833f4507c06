"""The weaker layer, for where user namespaces are forbidden: Landlock for files and signals, seccomp for sockets.

What it cannot do: hide other processes' command lines, give /tmp a size, or hide a part of a folder that it opens.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from farside.tools.bubblewrap import ETC, ETC_NET, SYSTEM
from farside.tools.sandbox import Confinement, failed_trial

LAUNCHER = Path(__file__).with_name("inside") / "confine.py"
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


@dataclass(frozen=True, slots=True)
class Landlock:
    """Runs commands through a launcher that restricts itself and becomes the command."""

    name: str = "landlock"
    strength: Literal["weak"] = "weak"

    def obstacle(self, confinement: Confinement) -> str | None:
        """Try it for real, and refuse what it could not keep: something private inside a folder that it opens."""
        workspace = confinement.workspace
        for path in (*confinement.private, *confinement.readable):
            if path.is_relative_to(workspace):
                return f"it cannot protect {path} inside the workspace"
        for path in confinement.private:
            if path.exists() and any(path.is_relative_to(folder) for folder in confinement.readable):
                return f"it cannot hide {path}"
        self.temporary(confinement).mkdir(parents=True, exist_ok=True)
        return failed_trial(self, confinement)

    def temporary(self, confinement: Confinement) -> Path:
        """Return a folder of the run's: a layer without mounts has no /tmp of its own."""
        return confinement.scratch / "tmp"

    def command(self, confinement: Confinement, command: Sequence[str]) -> list[str]:
        """Return the launcher's command line."""
        names = (*ETC, *ETC_NET) if confinement.net else ETC
        readable = [*SYSTEM, "/proc", *(f"/etc/{name}" for name in names), *map(str, confinement.readable)]
        policy = {
            "readable": [path for path in readable if os.path.exists(path)],  # noqa: PTH110 - strings for JSON
            "writable": [str(confinement.workspace), str(self.temporary(confinement))],
            "devices": [f"/dev/{name}" for name in DEVICES if Path("/dev", name).exists()],
            "net": confinement.net,
        }
        return [sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(policy), *command]
