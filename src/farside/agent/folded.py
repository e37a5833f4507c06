"""What stands in place of steps that a context policy folded."""

from __future__ import annotations

from farside.agent.state import RunState
from farside.prompts import render


def folded(state: RunState, digest: str) -> str:
    """Return the lesson: the steps' lines, and the plan as it stands, since reminders of it were folded too."""
    return render(__package__, "folded.md", digest=digest, plan=state.plan.text()).strip()
