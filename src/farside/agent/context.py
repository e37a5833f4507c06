"""Context policies: pure functions that say what need not be sent any more.

A policy acts in batches, so that between two acts the prompt only grows at its end and a provider's prefix
cache keeps hitting. When one does not free enough, the next stronger one is asked.
"""

from __future__ import annotations

from collections.abc import Callable

from farside.agent.actions import Drop, Hide
from farside.agent.budget import chars_per_token, prompt_tokens, reply_room, window
from farside.agent.shown import live
from farside.agent.state import RunState
from farside.messages import Message
from farside.models.base import Profile

PLACEHOLDER = 60
"""Characters of a placeholder; an output is worth hiding from twice as many on."""
KEEP = 5
"""Tool outputs, or steps, that are never hidden."""
BATCH_TOKENS = 64_000
"""keep-latest hides no less than this at once (a quarter of the window where that is smaller)."""
DIGEST_LINE = 160
"""Characters of a folded step."""

Policy = Callable[[RunState, Profile], Hide | Drop | None]


def relieve(state: RunState, profile: Profile) -> Hide | Drop | None:
    """Return the next thing to leave out, or None when the context is well, or cannot be made smaller."""
    act = POLICIES[state.settings.context](state, profile)
    if act or not is_pressed(state, profile):
        return act
    return fold_steps(state, profile) or restart(state, profile) or _hide_last(state)


def is_pressed(state: RunState, profile: Profile) -> bool:
    """Tell whether the next prompt leaves too little room for a reply."""
    room = min(reply_room(state, profile), window(state, profile) // 4)
    return prompt_tokens(state) + room > window(state, profile)


def keep_latest(state: RunState, profile: Profile) -> Hide | None:
    """Hide all tool outputs but the last few, once that frees a whole batch or the window is full."""
    if state.chars / chars_per_token(state) < min(BATCH_TOKENS, window(state, profile) // 4):
        return None
    old = _outputs(state)[:-KEEP]
    freed = sum(len(message.text) - PLACEHOLDER for message in old) / chars_per_token(state)
    batch = min(BATCH_TOKENS, window(state, profile) // 4)
    return _hide(old) if freed >= batch or is_pressed(state, profile) else None


def hide_all(state: RunState, profile: Profile) -> Hide | None:
    """At the limit hide all earlier tool outputs: what K2 Thinking was evaluated with."""
    return _hide(_outputs(state)[:-1]) if is_pressed(state, profile) else None


def fold_steps(state: RunState, profile: Profile) -> Drop | None:
    """At the limit fold all steps but the last few into a line each."""
    return _drop(state, KEEP) if is_pressed(state, profile) else None


def restart(state: RunState, profile: Profile) -> Drop | None:
    """At the limit begin anew from the goal, the user's words and the plan; only the last step stays."""
    return _drop(state, 1) if is_pressed(state, profile) else None


POLICIES: dict[str, Policy] = {
    "keep-latest": keep_latest,
    "hide-all": hide_all,
    "fold": fold_steps,
    "restart": restart,
}


def _outputs(state: RunState) -> list[Message]:
    """Outputs that are shown and worth hiding, oldest first."""
    return [
        state.transcript[index]
        for index in live(state)
        if state.transcript[index].role == "tool"
        and state.transcript[index].call_id not in state.hidden
        and len(state.transcript[index].text) > 2 * PLACEHOLDER
    ]


def _hide(messages: list[Message]) -> Hide | None:
    return Hide(tuple(message.call_id for message in messages)) if messages else None


def _hide_last(state: RunState) -> Hide | None:
    """Hide the outputs of the last step too: all but the last one, then that one."""
    outputs = _outputs(state)
    return _hide(outputs[:-1] or outputs)


def _drop(state: RunState, keep: int) -> Drop | None:
    """Drop the steps of this attempt but the last `keep`, if that makes the prompt smaller."""
    shown = live(state)
    replies = [index for index in shown if state.transcript[index].role == "assistant"]
    if len(replies) <= keep:
        return None
    start, end = state.attempt_start + 1, replies[-keep]
    if not any(start <= index < end for index in replies):
        return None
    lines = [_line(message) for message in state.transcript[start:end] if message.role == "assistant"]
    return Drop(start, end, "\n".join(lines[-100:]), "context")


def _line(message: Message) -> str:
    acts = "; ".join(f"{call.name} {call.arguments}" for call in message.calls)
    return " ".join(f"- {message.text} {acts}".split())[:DIGEST_LINE]
