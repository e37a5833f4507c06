"""project, remembered: between two acts of the context policy only what is new is projected.

`project` is its oracle: both give equal requests, and here the old messages are the same objects again, so that the
wire does not encode them twice.
"""

from __future__ import annotations

from farside.agent.project import conversation, framed
from farside.agent.state import RunState
from farside.messages import Message, Request, ToolSpec
from farside.models.base import Profile


class Projector:
    """Projects one run's states as they grow. Any state may come; one that did not grow from the last starts anew."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._source: tuple[Message, ...] = ()
        self._messages: tuple[Message, ...] = ()
        self._calls = 0

    def project(
        self, state: RunState, profile: Profile, tools: tuple[ToolSpec, ...], max_tokens: int, cache_key: str = ""
    ) -> Request:
        """Return what project returns."""
        messages = conversation(state, profile) if state.pending else self._grown(state, profile)
        return framed(state, messages, profile, tools, max_tokens, cache_key)

    def _grown(self, state: RunState, profile: Profile) -> tuple[Message, ...]:
        key = (state.attempt_start, state.hidden, state.dropped, profile.tools, profile.ids)
        known = len(self._source)
        if key != self._key or state.transcript[:known] != self._source:
            self._key, self._messages, self._calls, known = key, (), 0, state.attempt_start
        fresh = conversation(state, profile, known, self._calls)
        self._calls += sum(len(message.calls) for message in fresh)
        self._source = state.transcript
        self._messages += fresh
        return self._messages
