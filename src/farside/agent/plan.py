"""The plan and the acceptance list: data outside the transcript, so that no context policy can lose them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One thing to do."""

    step: str
    status: str = "open"
    """open, doing or done."""


@dataclass(frozen=True, slots=True)
class AcceptanceItem:
    """One thing that must hold before the run may finish."""

    item: str
    passes: bool = False
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the model has planned, and what it has to show in the end."""

    steps: tuple[PlanStep, ...] = ()
    acceptance: tuple[AcceptanceItem, ...] = ()

    @property
    def open_items(self) -> tuple[str, ...]:
        """The acceptance items that do not pass yet."""
        return tuple(entry.item for entry in self.acceptance if not entry.passes)

    def revised(self, text: str) -> Plan:
        """Return the plan that `text` (JSON of update_plan) makes of this one.

        The steps are replaced. Acceptance items only flip or are added: one that `text` leaves out stays as it was.
        """
        data = json.loads(text)
        steps = tuple(PlanStep(str(row["step"]), str(row["status"])) for row in data.get("plan", ()))
        named = {str(row["item"]): _item(row) for row in data.get("acceptance", ())}
        kept = tuple(named.pop(old.item, old) for old in self.acceptance)
        return Plan(steps, (*kept, *named.values()))

    def text(self) -> str:
        """Return the plan as the lines a model is shown."""
        marks = {"done": "x", "doing": ">"}
        steps = [f"[{marks.get(entry.status, ' ')}] {entry.step}" for entry in self.steps]
        items = [f"[{'x' if entry.passes else ' '}] {entry.item}" for entry in self.acceptance]
        return "\n".join(["Plan:", *steps] * bool(steps) + ["Acceptance:", *items] * bool(items))


def _item(row: Mapping[str, object]) -> AcceptanceItem:
    return AcceptanceItem(str(row["item"]), bool(row["passes"]), str(row.get("evidence", "")))
