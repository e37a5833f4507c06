"""The list of runs."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from farside.agent.home import RunFolder, all_runs
from farside.agent.lease import holder
from farside.agent.state import RunState
from farside.cli.figures import count, duration
from farside.cli.foreground import read
from farside.cli.plain_text import cut, one_line
from farside.errors import FarsideError

COLOURS = {
    "working": "bold cyan",
    "finished": "green",
    "out of budget": "yellow",
    "failed": "red",
    "unreadable": "red",
}
WIDTH_OF_A_PIPE = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A run in one line."""

    id: str
    status: str
    what: str
    """Steps and model, or why it cannot be read."""
    age: str
    goal: str


def print_runs(limit: int | None) -> None:
    """Print the latest `limit` runs (None: all), a line each."""
    found = all_runs()
    if not found:
        print('There are no runs yet. Begin one: farside run "GOAL"', file=sys.stderr)
        return
    rows = [row(folder, time.time()) for folder in found[:limit]]
    console = Console(highlight=False)
    width = console.width if sys.stdout.isatty() else WIDTH_OF_A_PIPE
    wide = [max(len(getattr(each, name)) for each in rows) for name in ("id", "status", "what", "age")]
    for each in rows:
        console.print(line(each, wide, width), soft_wrap=True)
    if len(rows) < len(found):
        print(f"{count(len(found) - len(rows), 'earlier run')}: farside runs --all", file=sys.stderr)


def line(each: Row, wide: list[int], width: int) -> Text:
    """Return a row with its columns `wide`; the goal takes what is left of `width`."""
    text = Text(f"{each.id:{wide[0]}}  ").append(f"{each.status:{wide[1]}}  ", COLOURS.get(each.status, ""))
    text.append(f"{each.what:{wide[2]}}  {each.age:>{wide[3]}}  ", "dim")
    return text.append(cut(each.goal, max(width - text.cell_len - 1, 20)))


def row(folder: RunFolder, now: float) -> Row:
    """Return the line of a run; one that cannot be read has a line too."""
    age = duration(now - folder.journal.stat().st_mtime) + " ago"
    try:
        state = read(folder)
    except FarsideError as error:
        return Row(folder.id, "unreadable", "", age, str(error))
    steps = count(state.steps, "step")
    return Row(
        folder.id, status(folder, state), f"{steps}  {one_line(state.settings.model)}", age, one_line(state.goal)
    )


def status(folder: RunFolder, state: RunState) -> str:
    """Return the state of a run in a word; a run that nobody works on and that never paused was interrupted."""
    if state.status == "running":
        return "working" if holder(folder.lease) else "interrupted"
    return "out of budget" if state.status == "budget" else state.status
