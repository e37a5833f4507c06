"""The mission "solve": a claim is accepted when its numbers come out again, and its result by another way."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from farside.agent.claim import checks, claim
from farside.agent.home import RunFolder
from farside.agent.mission import Accept, Check, Delivered, Place, Recall, Reject, Verdict
from farside.agent.shown import NOTE
from farside.agent.state import RunState
from farside.messages import Message, ToolCall
from farside.missions.solve import recompute
from farside.missions.solve.cells import Cell, cells, problem
from farside.missions.solve.delivery import deliver
from farside.missions.solve.report import Report, read
from farside.missions.solve.rerun import Rerun
from farside.missions.solve.values import Number, claimed, numbers, result, stands
from farside.models.base import Profile
from farside.prompts import render
from farside.tools.base import Toolbox
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
        """Return nothing: the problem is all there is."""
        return ()

    def tools(self, place: Place) -> Toolbox | None:
        """Return what the verifier needs."""
        catalog = Path(__file__).with_name("tools.toml")
        return Described(catalog, {RERUN: Rerun(place), RECOMPUTE: recompute.Recompute(place)})

    def verify(self, state: RunState, profile: Profile) -> Verdict:
        """Judge a claim by its numbers, then by a rerun; a small model's problem is worked out afresh beside it."""
        message = claim(state)
        answer = message.text if message else ""
        ran = [cell for cell in cells(state) if cell.ok]
        if not ran and numbers(answer + problem(state)):
            return Reject(render(__package__, "nothing_ran.md"))
        if not numbers(answer):
            return _without_numbers(answer, state)
        if missing := _missing(answer, state, ran):
            return Reject(render(__package__, "unfounded.md", numbers=_listed(missing)))
        if not (done := checks(state)):
            again = ToolCall("", RERUN, "{}")
            return Check((again, _afresh(answer, state)) if profile.tools == "code" else (again,))
        return _judged(answer, state, ran, done)

    def deliver(self, state: RunState, folder: RunFolder, recall: Recall) -> Delivered | None:
        """Write the derivation as a notebook."""
        return deliver(state, folder, recall)


def _without_numbers(answer: str, state: RunState) -> Verdict:
    """Ask for the value once; whoever says again that there is none is believed, and the user is told."""
    asked = render(__package__, "numberless.md")
    told = any(message.name == f"{NOTE}verdict" and message.text == asked for message in state.transcript)
    return Accept(f"{answer}\n\n{render(__package__, 'no_value.md')}") if told else Reject(asked)


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
    if confirmed(report, printed, wanted):
        return Accept(answer)
    if printed:
        return Reject(render(__package__, "disagrees.md", result=_listed(wanted), printed=printed[:500]))
    return Reject(render(__package__, "no_check.md", result=_listed(wanted)))


def confirmed(report: Report, printed: str, wanted: Sequence[Number]) -> bool:
    """Tell whether another way gives the result: a cell of the run's, or what was worked out afresh."""
    return bool(report.alone) or all(stands(number, [printed]) for number in wanted)


def _output(done: Sequence[Message], name: str) -> str:
    return next((message.text for message in reversed(done) if message.name == name), "")


def _listed(found: Sequence[Number]) -> str:
    return ", ".join(number.written for number in found)
