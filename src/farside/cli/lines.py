"""The view for a pipe or a log: one plain line a step, no control codes, all on stderr."""

from __future__ import annotations

import sys
from typing import TextIO

from farside.agent import events as ev
from farside.agent.budget import prompt_tokens
from farside.agent.journal import Entry
from farside.agent.state import RunState
from farside.cli.ending import spent
from farside.cli.figures import tokens
from farside.cli.gist import gist
from farside.cli.plain_text import cut, head, one_line
from farside.cli.scene import Scene
from farside.cli.story import GLANCE, Page, told
from farside.messages import Message, Part

WIDTH = 200
"""Columns of a line."""


class Lines:
    """A View that only ever appends lines."""

    def __init__(self, scene: Scene, file: TextIO | None = None) -> None:
        self._scene = scene
        self._file = file or sys.stderr

    def set(self, scene: Scene) -> None:
        """Say what sandbox there is once it is known."""
        if scene.layer and scene.layer != self._scene.layer:
            self._say(f"sandbox: {scene.layer}")
        self._scene = scene

    def event(self, entry: Entry, state: RunState) -> None:
        """Print a step once it is whole, and what else the user should know."""
        match entry.event:
            case ev.Replied() | ev.CallFinished():
                if not state.pending:
                    self._say(step_line(state, self._scene))
            case ev.PlanChanged():
                steps = state.plan.steps
                self._say(f"plan: {sum(step.status == 'done' for step in steps)} of {len(steps)} done")
            case event:
                for line in told(event, state, Page(WIDTH, GLANCE)):
                    self._say(line.plain.strip())

    def part(self, part: Part) -> None:
        """Streams are not for logs."""

    def notice(self, sentence: str) -> None:
        """Print why it takes longer."""
        self._say(one_line(sentence))

    def close(self) -> None:
        """Nothing is open."""

    def _say(self, line: str) -> None:
        print(line, file=self._file, flush=True)


def step_line(state: RunState, scene: Scene) -> str:
    """Return the last step on one line: number, calls with their outcomes, spent so far."""
    last = next(
        index for index in range(len(state.transcript) - 1, -1, -1) if state.transcript[index].role == "assistant"
    )
    reply, outputs = state.transcript[last], state.transcript[last + 1 :]
    deeds = [_deed(reply, output) for output in outputs if output.role == "tool"] or ["answer"]
    number = f"step {state.steps}/{state.settings.budget.max_steps}" if state.steps else "opening"
    context = f"context {tokens(prompt_tokens(state))}"
    return f"{number}  {cut('; '.join(deeds), 120)}  [{context} · {spent(state, scene.priced)}]"


def _deed(reply: Message, output: Message) -> str:
    call = next((call for call in reply.calls if call.id == output.call_id), None)
    what = cut(f"{output.name} {gist(call)}" if call else output.name, 70)
    return f"{one_line(what)} -> {(head(output.text, 40, 1) or ['no output'])[0]}"
