"""The mission "solve": a claim is accepted when its numbers come out again, and its result by another way."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from farside.agent.claim import checks, claim
from farside.agent.home import RunFolder
from farside.agent.mission import Accept, Check, Delivered, Place, Recall, Reject, Verdict
from farside.agent.shown import NOTE
from farside.agent.state import RunState
from farside.agent.worked_out import worked_out
from farside.messages import Message, ToolCall
from farside.missions.beforehand import seconds_beforehand
from farside.missions.solve import recompute
from farside.missions.solve.cells import Cell, cells, problem
from farside.missions.solve.delivery import deliver
from farside.missions.solve.report import Report, read
from farside.missions.solve.rerun import Rerun
from farside.missions.solve.values import Number, claimed, numbers, result, stands
from farside.missions.solve.work_out import WorkOut
from farside.models.base import Profile
from farside.prompts import render
from farside.tools.base import WORK_OUT, Outcome, Toolbox
from farside.tools.described import Described

PACKAGES = ("sympy", "mpmath", "numpy", "scipy")
"""What a calculation uses where it is installed."""
RERUN, RECOMPUTE = "rerun", "recompute"


class Solve:
    """Numbers stand in cells that ran, all cells run again to the same values, and two ways give the result."""

    name = "solve"

    def system(self, profile: Profile) -> str:
        """Return the system prompt for the profile's dialect, with the packages that cells can import here."""
        there = ", ".join(filter(find_spec, PACKAGES)) or "none"
        return render(__package__, "code.md" if profile.tools == "code" else "native.md", packages=there)

    def opening(self, state: RunState, profile: Profile) -> tuple[ToolCall, ...]:
        """Have programs written for a small model's problem, until two agree; else the problem is all there is."""
        if profile.tools != "code":
            return ()
        arguments = {"problem": state.goal, "timeout": seconds_beforehand(state)}
        return (ToolCall("", WORK_OUT, json.dumps(arguments, ensure_ascii=False)),)

    def tools(self, place: Place) -> Toolbox | None:
        """Return what the opening and the verifier need."""
        does: dict[str, Callable[..., Outcome]] = {
            RERUN: Rerun(place),
            RECOMPUTE: recompute.Recompute(place),
            WORK_OUT: WorkOut(place),
        }
        return Described(Path(__file__).with_name("tools.toml"), does)

    def verify(self, state: RunState, profile: Profile) -> Verdict:
        """Judge a claim by its numbers, then by a rerun; a small model's problem is worked out afresh beside it."""
        message, found = claim(state), worked_out(state).text
        answer = message.text if message else ""
        if found and not _says(answer, found, state):
            told = render("farside.missions", "other_answer.md", answer=found)
            if not _was_told(told, state):
                return Reject(told)
            answer = found
        ran = [cell for cell in cells(state) if cell.ok]
        if not ran and numbers(answer + problem(state)):
            return Reject(render(__package__, "nothing_ran.md"))
        if not numbers(answer):
            return _without_numbers(answer, state)
        if missing := _missing(answer, state, ran):
            return Reject(render(__package__, "unfounded.md", numbers=_listed(missing)))
        if not (done := checks(state)):
            again = ToolCall("", RERUN, "{}")
            return Check((again, _afresh(answer, state)) if profile.tools == "code" and not found else (again,))
        return _judged(answer, state, ran, done)

    def deliver(self, state: RunState, folder: RunFolder, recall: Recall) -> Delivered | None:
        """Write the derivation as a notebook."""
        return deliver(state, folder, recall)


def _without_numbers(answer: str, state: RunState) -> Verdict:
    """Ask for the value once; whoever says again that there is none is believed, and the user is told."""
    asked = render(__package__, "numberless.md")
    is_final = _was_told(asked, state)
    return Accept(f"{answer}\n\n{render(__package__, 'no_value.md')}") if is_final else Reject(asked)


def _was_told(reason: str, state: RunState) -> bool:
    return any(message.name == f"{NOTE}verdict" and message.text == reason for message in state.transcript)


def _says(answer: str, found: str, state: RunState) -> bool:
    """Tell whether an answer gives the result that programs agreed on, rounded or not, and no other."""
    wanted = result(answer, problem(state))
    return bool(wanted) and all(stands(number, [found]) for number in wanted)


def _afresh(answer: str, state: RunState) -> ToolCall:
    wanted = _listed(result(answer, problem(state)))
    return ToolCall("", RECOMPUTE, json.dumps({"problem": problem(state), "result": wanted}, ensure_ascii=False))


def _missing(answer: str, state: RunState, ran: Sequence[Cell]) -> list[Number]:
    outputs = [cell.output for cell in ran]
    return [number for number in claimed(answer, problem(state)) if not stands(number, outputs)]


def _judged(answer: str, state: RunState, ran: Sequence[Cell], done: Sequence[Message]) -> Verdict:
    report = read(_output(done, RERUN))
    held = [cell for cell in ran if cell.number in report.same]
    if missing := _missing(answer, state, held):
        told = "\n".join(report.differing)
        return Reject(render(__package__, "differs.md", numbers=_listed(missing), differing=told))
    wanted = result(answer, problem(state))
    _, printed = recompute.read(_output(done, RECOMPUTE))
    if confirmed(report, [printed, *_apart(held, wanted)], wanted):
        return Accept(answer)
    if printed:
        return Reject(render(__package__, "disagrees.md", result=_listed(wanted), printed=printed[:500]))
    return Reject(render(__package__, "no_check.md", result=_listed(wanted)))


def _apart(held: Sequence[Cell], wanted: Sequence[Number]) -> list[str]:
    """Return the outputs of programs that were written by themselves and give the result, but for the first one."""
    return [
        cell.output for cell in held if cell.is_apart and all(stands(number, [cell.output]) for number in wanted)
    ][1:]


def confirmed(report: Report, others: Sequence[str], wanted: Sequence[Number]) -> bool:
    """Tell whether another way gives the result: a cell of the run's, or one of the other outputs."""
    return bool(report.alone) or any(all(stands(number, [printed]) for number in wanted) for printed in others)


def _output(done: Sequence[Message], name: str) -> str:
    return next((message.text for message in reversed(done) if message.name == name), "")


def _listed(found: Sequence[Number]) -> str:
    return ", ".join(number.written for number in found)
