"""A run told from its journal, from goal to answer."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from farside.agent import events as ev
from farside.agent.fold import apply, created
from farside.agent.home import RunFolder
from farside.agent.journal import Entry, Journal
from farside.agent.state import RunState
from farside.cli.ending import ending, spent
from farside.cli.foreground import read
from farside.cli.listing import status
from farside.cli.plain_text import safe
from farside.cli.story import FULL, Page, answered, indented, planned, told

GOAL_LINES = 40
"""Of a goal that brings its material with it, `farside show` prints the head."""


def print_run(folder: RunFolder) -> None:
    """Print it on stdout.

    Raises:
        FarsideError: the journal cannot be read.
    """
    state = read(folder)
    journal = Journal(folder.journal, read_only=True)
    console = Console(highlight=False)
    page = Page(console.width if sys.stdout.isatty() else 120, FULL)
    try:
        for line in story(folder, state, list(journal.entries()), page):
            console.print(line, soft_wrap=True)
    finally:
        journal.close()


def story(folder: RunFolder, state: RunState, entries: list[Entry], page: Page) -> Iterator[Text]:
    """Yield the lines of a run whose last state is `state`."""
    yield from opening(folder, state, entries[0].at)
    yield from told_all(entries, page)
    said = ending(state, folder.id, time.time())
    is_worked_on = status(folder, state) == "working"
    yield Text()
    yield (
        Text()
        .append("working now" if is_worked_on else said.headline, "bold")
        .append(f" · {spent(state, False)}", "dim")
    )
    if state.answer:
        yield Text()
        yield Text(safe(state.answer))
        yield Text()
    yield Text(f"farside stop {folder.id}" if is_worked_on else said.next_step, "dim")


def opening(folder: RunFolder, state: RunState, began: float) -> Iterator[Text]:
    """Yield the goal, the settings that differ from nothing, and the plan as it stands."""
    settings = state.settings
    goal = safe(state.goal).splitlines()
    yield from (Text(line, "bold") for line in goal[:GOAL_LINES])
    if len(goal) > GOAL_LINES:
        yield Text(f"(+{len(goal) - GOAL_LINES:,} lines)", "dim")
    yield Text(f"run {folder.id}, begun {time.strftime('%Y-%m-%d %H:%M', time.localtime(began))}", "dim")
    for name, value in facts(settings):
        yield Text().append(f"{name:9} ", "dim").append(safe(value))
    if state.plan.steps or state.plan.acceptance:
        yield Text("plan", "dim")
        yield from planned(state.plan)
    yield Text()


def facts(settings: ev.Settings) -> Iterator[tuple[str, str]]:
    """Yield name and value of each setting that was made."""
    budget = settings.budget
    tokens = budget.max_tokens and f"{budget.max_tokens} tokens"
    thinking = budget.max_thinking is not None and f"{budget.max_thinking} tokens of thinking a reply"
    money = budget.max_usd is not None and f"${budget.max_usd:g}"
    time_limit = budget.max_minutes is not None and f"{budget.max_minutes:g} minutes"
    limits = (f"{budget.max_steps} steps", tokens, thinking, money, time_limit)
    yield "model", settings.model + (f" at {settings.base_url}" if settings.base_url else "")
    yield "folder", settings.workspace
    yield "limits", ", ".join(str(limit) for limit in limits if limit)
    yield "context", settings.context + (f", seed {settings.seed}" if settings.seed is not None else "")
    yield "sandbox", ("yes" if settings.sandbox else "NO") + (", with network" if settings.net else ", no network")


def told_all(entries: list[Entry], page: Page) -> Iterator[Text]:
    """Yield what each event has to tell, with the state after it."""
    first = entries[0].event
    assert isinstance(first, ev.RunCreated)
    state = created(first)
    for entry in entries[1:]:
        state = apply(state, entry.event)
        if isinstance(entry.event, ev.Resumed) and state.steps:
            yield indented(f"taken up again with {entry.event.settings.model}", "dim")
        yield from told(entry.event, state, page)
        if isinstance(entry.event, ev.Ended) and entry is not entries[-1]:
            yield from answered(entry.event.answer, page)
