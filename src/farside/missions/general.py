"""The general mission: any goal. It is finished when no acceptance item is open.

A small model also says what no output shows: its claim is held against what it was shown.
"""

from __future__ import annotations

import json

from farside.agent.home import RunFolder
from farside.agent.mission import Accept, Delivered, Place, Recall, Reject, TryAgain, Verdict
from farside.agent.shown import NOTE, is_users
from farside.agent.state import RunState
from farside.agent.worked_out import WorkedOut, worked_out
from farside.messages import Message, ToolCall
from farside.missions.grounding import agrees, figures, unfounded
from farside.models.base import Profile
from farside.prompts import render
from farside.tools.asking_for import asks_for_values
from farside.tools.base import SURVEY, Toolbox

SURVEY_SECONDS = 240
"""What the survey may take: it asks the model to read some of the files."""
TRACEBACK = "Traceback (most recent call last):"


class General:
    """Accepts a final answer when every item of the acceptance list passes, and a small model's numbers are real."""

    name = "general"

    def system(self, profile: Profile) -> str:
        """Return the system prompt for the profile's dialect."""
        if profile.brief:
            return render(__package__, "general_brief.md")
        return render(__package__, "general_code.md" if profile.tools == "code" else "general.md")

    def opening(self, state: RunState, profile: Profile) -> tuple[ToolCall, ...]:
        """Let a small model see the workspace first: what it has not seen it invents."""
        if profile.tools != "code":
            return ()
        return (
            ToolCall("", SURVEY, json.dumps({"goal": state.goal, "timeout": SURVEY_SECONDS}, ensure_ascii=False)),
        )

    def tools(self, place: Place) -> Toolbox | None:
        """Return None: the tools of every run are enough."""
        return None

    def deliver(self, state: RunState, folder: RunFolder, recall: Recall) -> Delivered | None:
        """Return None: the answer is all there is."""
        return None

    def verify(self, state: RunState, profile: Profile) -> Verdict:
        """Reject while acceptance items are open; what a small model claims must also stand in what it was shown."""
        if open_items := state.plan.open_items:
            return Reject(render(__package__, "open_items.md", items="\n".join(f"- {item}" for item in open_items)))
        claim = state.transcript[-1].text
        if profile.tools != "code":
            return Accept(claim)
        found = worked_out(state)
        return _measured(claim, found, state) if found.text else _founded(claim, state, profile)


def _is_verdict(message: Message) -> bool:
    """Tell whether it is what a verifier told the model."""
    return message.name == f"{NOTE}verdict"


def _measured(claim: str, found: WorkedOut, state: RunState) -> Verdict:
    """Accept what says the same as the survey; a model that was told so and still does not is not asked again."""
    if agrees(claim, found.text, state.goal) or agrees(claim, found.whole, state.goal):
        return Accept(claim if found.left_out in claim else f"{claim}\n{found.left_out}")
    told = render(__package__, "other_answer.md", answer=found.whole)
    if any(_is_verdict(message) and message.text == told for message in state.transcript[state.attempt_start :]):
        return Accept(found.whole)
    return Reject(told)


def _untried(claim: str, state: RunState) -> bool:
    """Tell whether a goal that asks for values is met with talk: no number, no block run, and not told so yet."""
    since = state.transcript[state.attempt_start + state.opening :]
    acted = any(message.role == "tool" or _is_verdict(message) or is_users(message) for message in since)
    return state.opening > 1 and not acted and asks_for_values(state.goal) and not figures(claim)


def _founded(claim: str, state: RunState, profile: Profile) -> Verdict:
    """Reject numbers that nothing shown to the model holds; who insists begins anew, as often as allowed."""
    shown = [
        message.text.partition(TRACEBACK)[0]
        for message in state.transcript[state.attempt_start :]
        if message.role == "tool" or is_users(message)
    ]
    if not (invented := unfounded(claim, shown)):
        return Reject(render(__package__, "nothing_ran.md")) if _untried(claim, state) else Accept(claim)
    if state.rejections and state.attempt < profile.attempts:
        return TryAgain("its numbers stand in no output")
    return Reject(render(__package__, "unfounded.md", numbers=", ".join(f"{number:,.10g}" for number in invented)))
