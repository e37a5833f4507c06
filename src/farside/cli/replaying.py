"""What a run would have taken under other context policies: a table, and the facts that they would have hidden."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from farside.agent.context import POLICIES
from farside.agent.events import Event
from farside.agent.fold import fold
from farside.agent.home import RunFolder
from farside.agent.intake import price
from farside.agent.journal import Journal
from farside.agent.replay import Missed, Replayed, kept, replay
from farside.agent.state import RunState
from farside.agent.take_up import told_by
from farside.cli.figures import count, dollars, percent, tokens
from farside.cli.plain_text import cut, one_line
from farside.errors import FarsideError
from farside.messages import Usage
from farside.models.base import Profile
from farside.models.catalog import known_profile

HEADINGS = ("", "prompts", "cached", "out", "cost", "longest", "acts", "facts used later, hidden then")
SHOWN = 20
"""Lines of facts that are listed for a policy."""
NAMED = 3
"""Facts of a line that are named."""


def print_replay(folder: RunFolder, policies: Sequence[str], model: str | None) -> None:
    """Print what the run took, what it would have taken with all kept, and a row for each policy.

    Raises:
        FarsideError: no such policy, no such model, nothing to replay, or the journal cannot be read.
    """
    if wrong := [policy for policy in policies if policy not in POLICIES]:
        raise FarsideError(f"There is no context policy {wrong[0]}.", f"There are: {', '.join(POLICIES)}.")
    events = recorded(folder)
    state = fold(events)
    if not state.steps:
        raise FarsideError(f"Run {folder.id} has no reply yet: nothing to replay.", f"farside show {folder.id}")
    profile = known_profile(model or state.settings.model)
    replays = {policy: replay(events, profile, policy) for policy in dict.fromkeys(policies)}
    console = Console(highlight=False)
    for line in page(folder.id, state, profile, {"all kept": kept(events, profile), **replays}):
        console.print(line, soft_wrap=True)


def recorded(folder: RunFolder) -> list[Event]:
    """Return a run's events, which are a whole story.

    Raises:
        FarsideError: the journal cannot be read, or is no whole story.
    """
    journal = Journal(folder.journal, read_only=True)
    try:
        told_by(journal)
        return [entry.event for entry in journal.entries()]
    finally:
        journal.close()


def page(run_id: str, state: RunState, profile: Profile, replays: dict[str, Replayed]) -> Iterator[Text]:
    """Yield the lines: whose figures these are, the table, and what each policy would have hidden."""
    yield Text(f"run {run_id}: {count(state.steps, 'step')} under {state.settings.context}", "bold")
    yield Text(f"counted as {one_line(profile.name)}: {profile.window:,} tokens of window, {prices(profile)}", "dim")
    yield Text()
    as_it_was = ("as it was", *taken(state.usage, profile), "", "", "")
    yield from table([HEADINGS, as_it_was, *(row(name, each, profile) for name, each in replays.items())])
    for name, each in replays.items():
        yield from told_missed(name, each.missed)


def prices(profile: Profile) -> str:
    """Return a profile's prices."""
    if not profile.price_output:
        return "no price known (--model names one that has)"
    each = (profile.price_input, profile.price_cached, profile.price_output)
    return f"${each[0]:.2f} in, ${each[1]:.2f} cached, ${each[2]:.2f} out a million"


def taken(usage: Usage, profile: Profile) -> tuple[str, ...]:
    """Return the cells of what was used: prompts, cached share, replies, cost."""
    cost = dollars(price(usage, profile)) if profile.price_output else "?"
    return tokens(usage.input), percent(usage.cached, usage.input), tokens(usage.output), cost


def row(name: str, each: Replayed, profile: Profile) -> tuple[str, ...]:
    """Return a row of the table."""
    longest = tokens(each.longest) + (" (too long)" if each.longest > profile.window else "")
    recallable = f", {each.recallable} within recall" if each.recallable else ""
    return (name, *taken(each.usage, profile), longest, str(each.acts), f"{each.hidden} of {each.used}{recallable}")


def table(rows: Sequence[tuple[str, ...]]) -> Iterator[Text]:
    """Yield rows in columns: the first and the last to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, cells in enumerate(rows):
        name, *middle, last = cells
        placed = (f"{cell:>{width}}" for cell, width in zip(middle, widths[1:-1], strict=True))
        yield Text("  ".join((name.ljust(widths[0]), *placed, last)).rstrip(), "" if number else "dim")


def told_missed(name: str, missed: Sequence[Missed]) -> Iterator[Text]:
    """Yield which facts a policy would have hidden, a line for each step and output."""
    if missed:
        yield Text()
        yield Text(f"{name} would have hidden", "dim")
    for each in missed[:SHOWN]:
        facts = ", ".join(cut(one_line(fact), 40) for fact in each.facts[:NAMED])
        more = f" and {len(each.facts) - NAMED} more" if len(each.facts) > NAMED else ""
        way = f'recall("{each.call_id}") shows it' if each.within_recall else "its handle was not shown either"
        yield Text(f"  step {each.step} used {facts}{more}: {way}")
    if len(missed) > SHOWN:
        yield Text(f"  and {len(missed) - SHOWN} more", "dim")
