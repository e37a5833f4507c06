"""How a run ended: the exit code, the sentence, and the next command to type. Pure."""

from __future__ import annotations

import time
from dataclasses import dataclass

from farside.agent.state import RunState, Status
from farside.cli.figures import count, dollars, duration, percent, tokens

EXIT_CODES: dict[Status, int] = {"finished": 0, "budget": 3, "paused": 4, "failed": 5, "running": 5}
REFUSED = 2
"""Nothing was started and nothing was spent: usage, unknown names, missing keys, a run that is busy."""
BROKEN = 5
"""The run was under way and broke off."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What is said when a run ends or rests."""

    headline: str
    next_step: str
    """The command to type next."""


def ending(state: RunState, run_id: str, now: float) -> Ending:
    """Return what to say of a run that this process has let go of."""
    match state.status:
        case "finished":
            return Ending(f"finished in {count(state.steps, 'step')}", f'farside say {run_id} "…"   asks for more')
        case "budget":
            return Ending(f"out of budget after {count(state.steps, 'step')}: {state.reason}", _more(state, run_id))
        case "paused":
            return Ending(f"paused at step {state.steps}: {state.reason}", _wake(state, run_id, now))
        case "failed":
            return Ending(f"failed at step {state.steps}: {state.reason}", f"farside resume {run_id}   tries again")
    return Ending(f"interrupted at step {state.steps}", f"farside resume {run_id}   goes on")


def spent(state: RunState, priced: bool) -> str:
    """Return what the run has taken so far, on one line."""
    usage = state.usage
    cached = f" ({percent(usage.cached, usage.input)} cached)" if usage.cached else ""
    money = f" · {dollars(state.cost_usd)}" if priced or state.cost_usd else ""
    return f"in {tokens(usage.input)}{cached} · out {tokens(usage.output)}{money} · {duration(state.seconds)}"


def _more(state: RunState, run_id: str) -> str:
    """Name the limit that was reached with twice its value."""
    budget = state.settings.budget
    if state.steps >= budget.max_steps:
        return f"farside resume {run_id} --max-steps {2 * budget.max_steps}"
    limits = (
        ("--max-tokens", budget.max_tokens, "N"),
        ("--max-usd", budget.max_usd, "X"),
        ("--max-minutes", budget.max_minutes, "X"),
    )
    match [(name, limit, kind) for name, limit, kind in limits if limit is not None]:
        case [(name, limit, _)]:
            return f"farside resume {run_id} {name} {2 * limit if isinstance(limit, int) else f'{2 * limit:g}'}"
        case several:
            return " ".join(["farside resume", run_id, *(f"{name} {kind}" for name, _, kind in several or limits)])


def _wake(state: RunState, run_id: str, now: float) -> str:
    if state.wake_at is None or state.wake_at <= now:
        return f"farside resume {run_id}   goes on"
    try:
        clock = time.strftime(
            "%H:%M" if state.wake_at - now < 72_000 else "%Y-%m-%d %H:%M", time.localtime(state.wake_at)
        )
    except (OverflowError, ValueError, OSError):  # a time that no clock shows
        return f"farside resume {run_id}   goes on, once the quota is renewed"
    return f"farside resume {run_id}   goes on, from {clock} on (in {duration(state.wake_at - now)})"
