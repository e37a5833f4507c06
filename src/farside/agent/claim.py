"""The claim to be finished, and what was done to check it. Pure."""

from __future__ import annotations

from farside.agent.state import RunState
from farside.messages import Message


def claim(state: RunState) -> Message | None:
    """Return the reply that claims to be the result and is not judged yet, or None."""
    message = state.transcript[-1 if state.checking is None else state.checking]
    return message if message.role == "assistant" and not message.calls else None


def checks(state: RunState) -> tuple[Message, ...]:
    """Return what the mission's calls on the present claim brought, in order; none before the first of them.

    `name` is the tool's, `text` what the model sees of its output, which is cut where it is long.
    """
    if state.checking is None:
        return ()
    return tuple(message for message in state.transcript[state.checking :] if message.role == "tool")
