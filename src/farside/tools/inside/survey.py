"""The survey: what a small model is shown of the workspace before its first reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from farside.tools.frames import Frame
from farside.tools.inside.files import describe_list

Ask = Callable[[str, dict[str, Any]], Frame]


def survey(goal: str, ask: Ask) -> None:
    """Print what the folder holds."""
    print(describe_list("."))
