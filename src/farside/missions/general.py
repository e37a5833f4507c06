"""The general mission: any goal. It is finished when no acceptance item is open."""

from __future__ import annotations

import json

from farside.agent.mission import Accept, Reject, Verdict
from farside.agent.state import RunState
from farside.messages import ToolCall
from farside.models.base import Profile
from farside.prompts import render

SURVEY_SECONDS = 240
"""What the survey may take: it asks the model to read some of the files."""


class General:
    """Accepts a final answer when every item of the acceptance list passes."""

    name = "general"

    def system(self, profile: Profile) -> str:
        """Return the system prompt for the profile's dialect."""
        return render(__package__, "general_code.md" if profile.tools == "code" else "general.md")

    def opening(self, state: RunState, profile: Profile) -> tuple[ToolCall, ...]:
        """Let a small model see the workspace first: what it has not seen it invents."""
        if profile.tools != "code":
            return ()
        return (
            ToolCall("", "survey", json.dumps({"goal": state.goal, "timeout": SURVEY_SECONDS}, ensure_ascii=False)),
        )

    def verify(self, state: RunState, profile: Profile) -> Verdict:
        """Reject while acceptance items are open."""
        if open_items := state.plan.open_items:
            return Reject(render(__package__, "open_items.md", items="\n".join(f"- {item}" for item in open_items)))
        return Accept(state.transcript[-1].text)
