"""Working on a run in the foreground: the view, the crew, the run, and what is said at its end."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from farside.agent.events import Settings
from farside.agent.home import RunFolder, private
from farside.agent.interrupts import Interrupts
from farside.agent.journal import Journal
from farside.agent.state import RunState
from farside.agent.take_up import Finished, create, taken_up, told_by
from farside.cli.crew import Stage, opened
from farside.cli.delivering import deliver, told
from farside.cli.ending import BROKEN, EXIT_CODES, ending, spent
from farside.cli.interruption import Stopped
from farside.cli.plain_text import safe
from farside.cli.scene import Scene, View
from farside.cli.servers import servers_of
from farside.errors import FarsideError
from farside.models.base import Model
from farside.tools.sandbox import check_workspace


class Broken(FarsideError):
    """A run that was under way broke off: disk, sandbox, a script that ran out."""

    exit_code = BROKEN


@dataclass(frozen=True, slots=True)
class Change:
    """What the user wants different from here on; None = as it was."""

    model: str | None = None
    base_url: str | None = None
    max_steps: int | None = None
    max_tokens: int | None = None
    max_thinking: int | None = None
    max_usd: float | None = None
    max_minutes: float | None = None
    no_mcp: bool = False

    def __call__(self, old: Settings) -> Settings:
        """Return the settings to go on with. Another model does not inherit the base URL."""
        budget = old.budget
        model = old.model if self.model is None else self.model
        return replace(
            old,
            model=model,
            base_url=self.base_url or (old.base_url if model == old.model else None),
            mcp=() if self.no_mcp else old.mcp,
            offers=() if self.no_mcp else old.offers,
            budget=replace(
                budget,
                max_steps=self.max_steps or budget.max_steps,
                max_tokens=self.max_tokens or budget.max_tokens,
                max_thinking=budget.max_thinking if self.max_thinking is None else self.max_thinking,
                max_usd=budget.max_usd if self.max_usd is None else self.max_usd,
                max_minutes=budget.max_minutes if self.max_minutes is None else self.max_minutes,
            ),
        )


def start(goal: str, settings: Settings, json: bool) -> int:
    """Make a run and work on it; return the exit code. What cannot work is refused before there is a run.

    Raises:
        FarsideError: no goal, no such policy, no such model, no such folder, no sandbox, no such MCP server.
    """
    from farside.agent.context import POLICIES

    if settings.context not in POLICIES:
        raise FarsideError(f"There is no context policy {settings.context}.", f"There are: {', '.join(POLICIES)}.")
    if not goal.strip():
        raise FarsideError("The goal is empty.", 'Say what is to be done: farside run "GOAL"')
    if settings.workspace:
        check_workspace(Path(settings.workspace), private())
    servers_of(settings)
    model = opened(settings.model, settings.base_url)
    try:
        folder = create(goal, settings)
    except BaseException:
        model.close()
        raise
    return carry(folder, json, Change(), model)


def carry(folder: RunFolder, json: bool, change: Change, model: Model | None = None) -> int:
    """Work on a run until it ends or pauses; return the exit code.

    Raises:
        FarsideError: the run could not be taken up, or broke off (`Broken`).
    """
    interrupts = Interrupts()
    with interrupts.caught():
        try:
            with stage(folder, json, model) as it:
                if json and model:
                    it.replay(folder)
                settled = it.with_servers(folder, change, interrupts)
                with taken_up(folder, it.crew(), it.view, settled, interrupts) as run, hinted(folder.id):
                    state = run.go()
        except KeyboardInterrupt as error:
            raise Stopped(
                f"Run {folder.id} is stopped before its next step.", f"farside resume {folder.id}"
            ) from error
        except Finished:
            state = read(folder)
            if not (delivered := deliver(folder, state)):
                raise
            print(told(delivered), file=sys.stderr)
        else:
            conclude(folder, state, it.scene, json)
        interrupts.end()
    return EXIT_CODES[state.status]


@contextmanager
def stage(folder: RunFolder, json: bool, model: Model | None) -> Iterator[Stage]:
    """Set a run's view up and take it down, however the run ends."""
    scene = Scene(folder.id)
    it = Stage(scene, view(scene, json), model)
    try:
        yield it
    finally:
        it.close()


@contextmanager
def hinted(run_id: str) -> Iterator[None]:
    """Say how to go on after an error in the middle of a run."""
    try:
        yield
    except FarsideError as error:
        raise Broken(f"Run {run_id} broke off. {error}", f"{error.next_step}\n  farside resume {run_id}") from error
    except Exception:
        print(f"farside: nothing is lost, `farside resume {run_id}` goes on.", file=sys.stderr)
        raise


def view(scene: Scene, json: bool) -> View:
    """Return the view that fits: JSON lines, the live one in a terminal, else plain lines."""
    if json:
        from farside.cli.json_lines import JsonLines

        return JsonLines(scene)
    if sys.stderr.isatty() and os.environ.get("TERM") not in (None, "", "dumb"):
        from rich.console import Console

        from farside.cli.live import Live

        return Live(Console(stderr=True, highlight=False), scene)
    from farside.cli.lines import Lines

    return Lines(scene)


def read(folder: RunFolder) -> RunState:
    """Return the state that a run's journal tells of.

    Raises:
        FarsideError: the journal cannot be read.
    """
    journal = Journal(folder.journal, read_only=True)
    try:
        return told_by(journal)
    finally:
        journal.close()


def conclude(folder: RunFolder, state: RunState, scene: Scene, json: bool) -> None:
    """Print how it ended, the answer, what it delivers, and the next command. The answer alone is on stdout.

    Raises:
        Undelivered: what it brought cannot be written.
    """
    from rich.console import Console
    from rich.text import Text

    said = ending(state, scene.run_id, time.time())
    colour = {"finished": "green", "budget": "yellow", "paused": "cyan"}.get(state.status, "red")
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if console.is_terminal:
        console.print()
    headline = (
        Text()
        .append("● ", colour)
        .append(safe(said.headline), "bold")
        .append(f" · {spent(state, scene.priced)}", "dim")
    )
    console.print(headline)
    if state.answer and not json:
        if state.status != "finished":
            console.print("the best answer so far:" if state.status == "budget" else "its last words:", style="dim")
        print(f"\n{safe(state.answer)}\n" if sys.stdout.isatty() else state.answer, flush=True)
    if delivered := deliver(folder, state):
        console.print(Text(told(delivered), "bold"))
    console.print(Text(said.next_step, "dim"))
