"""Context policies: pure functions that say what need not be sent any more.

A policy acts in batches, so that between two acts the prompt only grows at its end and a provider's prefix
cache keeps hitting. When one does not free enough, the next stronger one is asked. What is hidden or folded stays
within reach of recall: its handle is always shown, alone or as the end of a range.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile

from farside.agent.actions import Drop, Hide
from farside.agent.budget import chars_per_token, prompt_tokens, reply_room, window
from farside.agent.shown import live
from farside.agent.state import RunState
from farside.messages import Message
from farside.models.base import Profile

PLACEHOLDER = 60
"""Characters of a placeholder; an output is worth hiding from twice as many on."""
KEEP = 6
"""Tool outputs, or steps, that stay; of outputs no more than a quarter of the window."""
FIRST_TOKENS = 64_000
"""keep-latest hides nothing while prompts are shorter, or fill less than half the window: a short run sees all."""
BATCH_TOKENS = 16_000
"""keep-latest hides no less than this at once (a quarter of the window where that is smaller).

A token kept is paid at each step, and an act has what stays read anew. With a cached token at a quarter of the price,
outputs of o tokens and t tokens that stay, the cheapest batch is sqrt(6 t o): 7,000 for outputs of 1,200. This is
about twice that, for 7% of the cost, and shows that much more.
"""
DIGEST_LINE = 160
"""Characters of a folded step."""
DIGEST_ACT = 100
"""Characters of one call in it."""
DIGEST_LINES = 100
"""Folded steps that have a line each; those before share one."""

Policy = Callable[[RunState, Profile], Hide | Drop | None]


def relieve(state: RunState, profile: Profile) -> Hide | Drop | None:
    """Return the next thing to leave out, or None when the context is well, or cannot be made smaller."""
    act = POLICIES[state.settings.context](state, profile)
    if act or not is_pressed(state, profile):
        return act
    return hide_all(state, profile) or fold_steps(state, profile) or restart(state, profile) or _hide_last(state)


def is_pressed(state: RunState, profile: Profile) -> bool:
    """Tell whether the next prompt leaves too little room for a reply."""
    room = min(reply_room(state, profile), window(state, profile) // 4)
    return prompt_tokens(state) + room > window(state, profile)


def keep_latest(state: RunState, profile: Profile) -> Hide | None:
    """Hide all tool outputs but the last few, once that frees a whole batch or the window is full.

    The first batch waits for a long prompt. No batch is smaller than what stays, which is read anew.
    """
    batch = min(BATCH_TOKENS, window(state, profile) // 4)
    least = batch if state.hidden else min(FIRST_TOKENS, window(state, profile) // 2)
    if prompt_tokens(state) < least:
        return None
    outputs = _outputs(state)
    old = outputs[: _split(outputs, state, profile)]
    freed = sum(len(message.text) - PLACEHOLDER for message in old)
    stays = sum(len(message.text) for message in outputs[len(old) :])
    due = freed >= max(batch * chars_per_token(state), stays)
    return _hide(old) if due or is_pressed(state, profile) else None


def hide_all(state: RunState, profile: Profile) -> Hide | None:
    """At the limit hide the tool outputs of all earlier steps: what K2 Thinking was evaluated with."""
    outputs = _outputs(state)
    return _hide(outputs[: len(outputs) - _unseen(state)]) if is_pressed(state, profile) else None


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
    return [message for index in live(state) if _is_output(message := state.transcript[index], state)]


def _is_output(message: Message, state: RunState) -> bool:
    return message.role == "tool" and len(message.text) > 2 * PLACEHOLDER and message.call_id not in state.hidden


def _unseen(state: RunState) -> int:
    """Return how many outputs came since the last reply: the model has not seen them yet."""
    return sum(
        _is_output(message, state)
        for message in takewhile(lambda message: message.role != "assistant", reversed(state.transcript))
    )


def _split(outputs: Sequence[Message], state: RunState, profile: Profile) -> int:
    """Return where the outputs that stay begin: the last few, a quarter of the window at most, and all unseen."""
    room = window(state, profile) // 4 * chars_per_token(state)
    start = len(outputs)
    for message in reversed(outputs[-KEEP:]):
        room -= len(message.text)
        if room < 0:
            break
        start -= 1
    return min(start, len(outputs) - _unseen(state))


def _hide(messages: Sequence[Message]) -> Hide | None:
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
    steps = [message for message in state.transcript[start:end] if message.role == "assistant"]
    return Drop(start, end, "\n".join(_digest(steps)), "context")


def _digest(steps: Sequence[Message]) -> list[str]:
    """Return a line for each of the last steps, and one for those before."""
    before = steps[:-DIGEST_LINES]
    handles = [call.id for step in before for call in step.calls]
    earlier = [f"- {len(before)} steps before, calls {handles[0]} to {handles[-1]}"] if handles else []
    return earlier + [_line(step) for step in steps[-DIGEST_LINES:]]


def _line(step: Message) -> str:
    """Return a step's calls, each behind its handle, and what the model said beside them."""
    acts = "; ".join(f"{call.id} {call.name} {call.arguments}"[:DIGEST_ACT] for call in step.calls)
    return " ".join(f"- {acts} {step.text}".split())[:DIGEST_LINE]
