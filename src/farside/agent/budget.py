"""The budget, by reservation: what the next reply may cost so that a last answer is still affordable. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from farside.agent.events import Settings
from farside.agent.intake import price
from farside.agent.state import RunState
from farside.errors import FarsideError
from farside.messages import Usage
from farside.models.base import Profile

CHARS_PER_TOKEN = 3.5
"""Before the first measured prompt, and where a peer's usage cannot be true."""
PLAUSIBLE = (1.0, 12.0)
"""Characters a token that a true usage can show."""
LEAST_ROOM = 256
"""Tokens below which a reply is not worth asking for."""
ANSWER_ROOM = 8_192
"""Tokens beside the thinking, where only the thinking is limited."""
FINAL_ROOM = 2_048
"""Tokens held back for the last answer."""
LEAST_OUTPUT = 400
"""Characters of an output that are shown in any case."""
BILLED = ("moonshot", "openrouter", "openai")
"""Providers that send bills; what else runs is one's own."""
NO_LIMIT = float("inf")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the next reply may take."""

    input_tokens: int
    """Estimated prompt."""
    max_tokens: int
    final: bool
    """After this reply nothing else is affordable."""


def window(state: RunState, profile: Profile) -> int:
    """Return the true window in tokens, as far as it is known."""
    return min(profile.window, state.window or profile.window)


def chars_per_token(state: RunState) -> float:
    """Return how many characters make a token for this model, from its last usage where that is plausible."""
    chars, tokens = state.measured
    if tokens and PLAUSIBLE[0] <= chars / tokens <= PLAUSIBLE[1]:
        return chars / tokens
    return CHARS_PER_TOKEN


def prompt_tokens(state: RunState) -> int:
    """Estimate the tokens of the next prompt: the last usage is the truth, what came since is estimated."""
    return int(state.chars / chars_per_token(state)) + 1


def reply_room(state: RunState, profile: Profile) -> int:
    """Return the tokens that one reply is given when nothing is scarce."""
    thinking = state.settings.budget.max_thinking
    wanted = profile.max_tokens if thinking is None else min(profile.max_tokens, thinking + ANSWER_ROOM)
    return min(wanted, max(window(state, profile) // 2, LEAST_ROOM))


def refuse_unpriced(settings: Settings, profile: Profile) -> None:
    """Refuse to limit money where a provider bills and its price is not known.

    Raises:
        FarsideError: names the configuration entry that sets the price.
    """
    billed = profile.name.partition("/")[0] in BILLED
    if settings.budget.max_usd is not None and billed and not _is_priced(profile):
        raise FarsideError(
            f"What {profile.name} costs is not known, so --max-usd cannot be kept.",
            f'Set price_input, price_cached and price_output (USD per million) under [profiles."{profile.name}"] in '
            "the configuration file, or limit --max-tokens instead.",
        )


def output_chars(state: RunState, profile: Profile) -> int:
    """Return how many characters of one output the model is shown: calls of one reply share what one may have.

    An eighth of the window is the most, so that a few outputs never fill it.
    """
    most = min(profile.output_cap, int(window(state, profile) * chars_per_token(state) / 8))
    beside = next((len(message.calls) for message in reversed(state.transcript) if message.calls), 1)
    return max(most // beside, LEAST_OUTPUT)


def allowance(state: RunState, profile: Profile) -> Allowance | None:
    """Return what the next reply may take; None when not even a last answer is affordable.

    Room shrinks to what remains rather than locking a small budget.
    """
    prompt = prompt_tokens(state)
    steps = state.settings.budget.max_steps - state.steps
    affordable = _affordable(state, profile, prompt)
    if steps <= 0 or affordable < min(LEAST_ROOM, reply_room(state, profile)):
        return None
    room = min(reply_room(state, profile), window(state, profile) - prompt)
    before_last = _affordable_before_last(state, profile, prompt)
    final = steps == 1 or before_last < LEAST_ROOM
    return Allowance(prompt, int(min(room, affordable if final else before_last)), final)


def seconds_left(state: RunState) -> float:
    """Return the seconds that requests and calls may still take; infinite where time is not limited."""
    minutes = state.settings.budget.max_minutes
    return NO_LIMIT if minutes is None else 60 * minutes - state.seconds


def affords(state: RunState, profile: Profile, aside: Usage) -> bool:
    """Tell whether so much can be spent beside the conversation, and a reply that is not the last after it."""
    after = replace(
        state,
        usage=state.usage + aside,
        cost_usd=state.cost_usd + price(aside, profile),
        seconds=state.seconds + _usual(state),
    )
    left = allowance(after, profile)
    return left is not None and not left.final


def _affordable(state: RunState, profile: Profile, prompt: int) -> float:
    """Tokens that a reply to `prompt` may have before the money, the tokens or the time are spent."""
    tokens, usd = _left(state)
    spare = min(tokens - prompt, _tokens_in_time(state, 0.0))
    if not _is_priced(profile):
        return spare
    return min(spare, (usd - _prompt_usd(state, profile, prompt)) / _output_usd(profile, 1))


def _tokens_in_time(state: RunState, kept: float) -> float:
    """Tokens that the model says in the time that is left beside `kept` seconds, as fast as it has been.

    An estimate never ends a run: while there is time there is room for a short reply.
    """
    left = seconds_left(state) - kept
    if left <= 0:
        return 0.0
    if left == NO_LIMIT or not (state.answering and state.usage.output):
        return NO_LIMIT
    return max(left * state.usage.output / state.answering, LEAST_ROOM)


def _usual(state: RunState) -> float:
    """Seconds that an answer of the model has taken, on average; 0 before the first one."""
    return state.answering / state.answered if state.answered else 0.0


def _affordable_before_last(state: RunState, profile: Profile, prompt: int) -> float:
    """Tokens that a reply may have so that the last one stays affordable behind it.

    The last prompt holds this prompt, this reply and what its calls bring, so the reply is paid twice.
    """
    tokens, usd = _left(state)
    brought = profile.output_cap / chars_per_token(state)
    by_tokens = min((tokens - 2 * prompt - brought - FINAL_ROOM) / 2, _tokens_in_time(state, 2 * _usual(state)))
    if not _is_priced(profile):
        return by_tokens
    fixed = _prompt_usd(state, profile, 2 * prompt) + brought * profile.price_input / 1e6
    spare = usd - fixed - _output_usd(profile, FINAL_ROOM)
    return min(by_tokens, spare / (_output_usd(profile, 1) + profile.price_input / 1e6))


def _left(state: RunState) -> tuple[float, float]:
    """Return the tokens and the USD that the budget still holds."""
    budget = state.settings.budget
    spent = state.usage.input + state.usage.output
    tokens = NO_LIMIT if budget.max_tokens is None else budget.max_tokens - spent
    return tokens, NO_LIMIT if budget.max_usd is None else budget.max_usd - state.cost_usd


def _is_priced(profile: Profile) -> bool:
    return profile.price_output > 0


def _output_usd(profile: Profile, tokens: int) -> float:
    return tokens * profile.price_output / 1e6


def _prompt_usd(state: RunState, profile: Profile, prompt: int) -> float:
    """Price a prompt with the share of it that this run's provider has been caching."""
    cached = state.usage.cached / state.usage.input if state.usage.input else 0.0
    price = cached * profile.price_cached + (1 - cached) * profile.price_input
    return prompt * price / 1e6
