"""What the opening of a run has worked out already. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from farside.agent.shown import is_users
from farside.agent.state import RunState
from farside.tools.base import ANSWER, LEFT_OUT, SURVEY, WORK_OUT


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """An answer, and what it does not cover; both are empty where there is none."""

    text: str = ""
    left_out: str = ""

    @property
    def whole(self) -> str:
        """The answer with what it does not cover."""
        return f"{self.text} {self.left_out}".rstrip()


def worked_out(state: RunState) -> WorkedOut:
    """Return what the opening of this attempt worked out; nothing once the user has spoken since."""
    start = state.attempt_start + state.opening
    if any(map(is_users, state.transcript[start:])):
        return WorkedOut()
    opened = state.transcript[state.attempt_start : start]
    outputs = [message.text for message in opened if message.role == "tool" and message.name in (SURVEY, WORK_OUT)]
    lines = outputs[0].rstrip().splitlines()[-2:] if outputs else []
    if not lines or not lines[-1].startswith(ANSWER):
        return WorkedOut()
    left_out = lines[0] if lines[0].startswith(LEFT_OUT) else ""
    return WorkedOut(lines[-1].removeprefix(ANSWER), left_out)
