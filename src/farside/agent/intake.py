"""The one way in: a model's reply becomes an event, its calls get farside's own ids. Pure."""

from __future__ import annotations

from dataclasses import replace

from farside.agent import code_dialect
from farside.agent.events import Replied
from farside.agent.state import RunState
from farside.agent.well_formed import well_formed_message
from farside.messages import Reply, ToolCall, Usage
from farside.models.base import Profile


def take_in(state: RunState, reply: Reply, profile: Profile, seconds: float) -> Replied:
    """Return the event for a reply.

    Ids of the peer are not kept: they repeat across turns, and nothing may be keyed on them.
    """
    if profile.tools == "code":
        reply = code_dialect.heard(reply)
    calls = tuple(
        ToolCall(f"c{state.calls + number}", call.name, call.arguments)
        for number, call in enumerate(reply.message.calls, start=1)
    )
    return Replied(
        message=well_formed_message(replace(reply.message, calls=calls)),
        usage=reply.usage,
        wasted=reply.wasted,
        cost_usd=price(reply.usage + reply.wasted, profile),
        finish="calls" if calls else reply.finish,
        model=reply.model,
        anomalies=reply.anomalies,
        seconds=round(seconds, 3),
    )


def price(usage: Usage, profile: Profile) -> float:
    """Return what a request cost in USD."""
    fresh = usage.input - usage.cached
    dollars = fresh * profile.price_input + usage.cached * profile.price_cached
    return (dollars + usage.output * profile.price_output) / 1e6
