"""decide(state, profile) -> Action. Pure: no I/O, no clock, no randomness."""

from __future__ import annotations

from farside.agent.actions import Act, Action, Ask, Drop, End, Remind, Rest, Snapshot, Verify
from farside.agent.budget import LEAST_ROOM, allowance
from farside.agent.claim import claim
from farside.agent.context import relieve
from farside.agent.guard import idle_streak, judge
from farside.agent.shown import NOTE
from farside.agent.state import RunState
from farside.agent.worked_out import worked_out
from farside.models.base import Profile

PLAN_EVERY = 25
"""Steps after which goal and plan are shown again."""
MAX_CUTS = 4
"""Replies in a row that were cut off, of which the last is taken as it is."""
MAX_REJECTIONS = 4
"""Claims without progress in between after which the run stops."""


def decide(state: RunState, profile: Profile) -> Action:
    """Return the one next thing to do."""
    if state.status != "running":
        return Rest()
    if state.pending:
        return Act(state.pending[0])
    if snapshot_is_due(state):
        return Snapshot()
    if state.final:
        return End("budget", best_answer(state), "the budget is used up")
    if _is_cut(state):
        return Remind("cut")
    if claim(state):
        if state.rejections >= MAX_REJECTIONS:
            return End("failed", best_answer(state), "it keeps claiming to be finished, which does not hold")
        return Verify()
    return _watched(state) or relieve(state, profile) or _asking(state, profile)


def snapshot_is_due(state: RunState) -> bool:
    """Tell whether a step's calls are done, and one of them may have changed files."""
    return state.touched and not state.pending and not state.snapshots_off


def _is_cut(state: RunState) -> bool:
    """Tell whether the last reply was cut off by its limit: no claim yet, unless that happens again and again."""
    return 0 < state.cuts < MAX_CUTS and state.transcript[-1].role == "assistant"


def _watched(state: RunState) -> Action | None:
    """Act on the guard's judgement, or show the plan when it is due."""
    match judge(state):
        case "stop":
            return End("failed", best_answer(state), "it went in circles and did not find a way out")
        case "roll back":
            return _rolled_back(state)
        case "nudge" | "reflect" as why:
            return Remind(why)
    due = state.steps - state.plan_noted >= PLAN_EVERY and state.plan.steps + state.plan.acceptance
    return Remind("plan") if due else None


def _rolled_back(state: RunState) -> Drop:
    """Take the replies and outputs of the idle streak out of the conversation."""
    left = len(idle_streak(state))
    start = len(state.transcript)
    while left > 0 or state.transcript[start].role != "assistant":
        start -= 1
        left -= state.transcript[start].role == "tool"
    return Drop(start, len(state.transcript), "", "guard")


def _asking(state: RunState, profile: Profile) -> Action:
    allowed = allowance(state, profile)
    if allowed is None:
        return End("budget", best_answer(state), "the budget is used up")
    if allowed.max_tokens < min(LEAST_ROOM, profile.max_tokens):
        return End("failed", best_answer(state), "the goal alone fills the model's context window")
    if allowed.final and state.transcript[-1].name != NOTE + "budget":
        return Remind("budget")
    return Ask(allowed.input_tokens, allowed.max_tokens, allowed.final)


def best_answer(state: RunState) -> str:
    """Return the best answer so far: the last claim, else what was worked out, else the model's last words."""
    if (claimed := claim(state)) and claimed.text:
        return claimed.text
    if state.answers:
        return state.answers[-1].text
    words = (message.text for message in reversed(state.transcript) if message.role == "assistant")
    return worked_out(state).text or next((text for text in words if text), "")
