"""The cells of a calculation: what ran in the run's Python session and workspace, in order. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from farside.agent.shown import is_users
from farside.agent.state import RunState
from farside.arguments import object_of
from farside.messages import Message, ToolCall
from farside.missions.solve.programs import Program, read
from farside.tools.base import ANSWER, WORK_OUT

DEEDS = ("shell", "write_file", "edit_file")
"""Tools that change what a later cell finds: functions of the session, so that a cell can do the same."""
SECONDS = 120
"""What a cell may take where its call names no time."""
MOST_SECONDS = 600
APART = "A program for the whole problem, written and run by itself:"


@dataclass(frozen=True, slots=True)
class Cell:
    """One of them."""

    number: int
    """From 1, over all cells of the run."""
    call_id: str
    thought: str
    """What the model said before it."""
    code: str
    output: str
    """As the model was shown it, which may be cut."""
    ok: bool
    """It ran to its end without an error."""
    seconds: int = SECONDS

    @property
    def is_apart(self) -> bool:
        """Whether it is a whole program that was written by itself."""
        return self.thought == APART


def cells(state: RunState) -> tuple[Cell, ...]:
    """Return the cells that have run: the programs that the run opened with, then the model's blocks."""
    opened = opening_programs(state)
    first = tuple(
        Cell(number, f"{WORK_OUT}{number}", APART, program.code, program.printed, True)
        for number, program in enumerate(opened, start=1)
    )
    outputs = {message.call_id: message.text for message in state.transcript if message.role == "tool"}
    done: dict[str, tuple[str, ToolCall]] = {  # an attempt repeats the messages that each begins with
        call.id: (thought, call) for thought, call in _calls(state.transcript) if call.id in outputs
    }
    return first + tuple(
        Cell(number, name, thought, _code(call), outputs[name], name not in state.failed, _seconds(call))
        for number, (name, (thought, call)) in enumerate(done.items(), start=1 + len(first))
    )


def opening_programs(state: RunState) -> tuple[Program, ...]:
    """Return the programs that agreed on a result before the model's first reply."""
    opened = [message.text for message in state.transcript[: state.opening] if message.name == WORK_OUT]
    return tuple(program for text in opened if f"\n{ANSWER}" in text for program in read(text))


def problem(state: RunState) -> str:
    """Return the problem, with what the user has said since."""
    return "\n\n".join(message.text for message in state.transcript if is_users(message))


def _calls(transcript: tuple[Message, ...]) -> Iterator[tuple[str, ToolCall]]:
    for message in transcript:
        if message.name:  # calls of the mission's own
            continue
        for place, call in enumerate(message.calls):
            if (call.name == "python" or call.name in DEEDS) and object_of(call.arguments) is not None:
                yield message.text if place == 0 else "", call


def _code(call: ToolCall) -> str:
    arguments = object_of(call.arguments) or {}
    if call.name == "python":
        return str(arguments.get("code", "")).strip("\n")
    return f"print({call.name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())}))"


def _seconds(call: ToolCall) -> int:
    seconds = (object_of(call.arguments) or {}).get("timeout", SECONDS)
    return min(max(int(seconds), 1), MOST_SECONDS) if isinstance(seconds, int) else SECONDS
