"""The notebook of a run, as Markdown and for Jupyter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from farside.agent.home import RunFolder
from farside.agent.mission import Delivered, Recall
from farside.agent.state import RunState
from farside.missions.solve import recompute
from farside.missions.solve.another_way import holds
from farside.missions.solve.cells import Cell, cells, problem
from farside.missions.solve.notebook import Notebook, as_jupyter, as_markdown
from farside.missions.solve.report import Report, read
from farside.missions.solve.rerun import whole
from farside.missions.solve.values import Number, claimed, result, stands
from farside.missions.whole_file import write_whole

NAME = "notebook.md"
AFRESH = "The problem worked out afresh, without the cells above:"


def deliver(state: RunState, folder: RunFolder, recall: Recall) -> Delivered | None:
    """Write both files; None for a run in which nothing ran.

    Raises:
        FarsideError: they cannot be written.
    """
    notebook = made(state, recall)
    if not notebook.cells:
        return None
    markdown, jupyter = places(state, folder)
    write_whole(markdown, as_markdown(notebook))
    write_whole(jupyter, as_jupyter(notebook))
    return Delivered((markdown, jupyter), _sentence(notebook))


def places(state: RunState, folder: RunFolder) -> tuple[Path, Path]:
    """Return where the notebook stands, as Markdown and for Jupyter: where the user said, or in the run's folder."""
    return pair(Path(state.settings.option("out") or folder.path.resolve() / NAME))


def pair(named: Path) -> tuple[Path, Path]:
    """Return the two files of a notebook, whichever of them is named."""
    return named.with_suffix(".md") if named.suffix == ".ipynb" else named, named.with_suffix(".ipynb")


def made(state: RunState, recall: Recall) -> Notebook:
    """Return what the notebook holds: the cells that ran again, and what was worked out afresh."""
    found = whole(cells(state), recall)
    report = read(_last(state, "rerun"))
    last = max(report.kept, default=0)
    kept = [cell for cell in found if cell.number in report.kept or (cell.ok and cell.number > last)]
    code, printed = recompute.read(_last(state, "recompute"))
    if code:
        kept.append(Cell(len(found) + 1, "", AFRESH, code, printed, True))
    return Notebook(
        problem(state), state.answer, _unfinished(state), tuple(kept), _origins(state, kept, report, printed)
    )


def _unfinished(state: RunState) -> str:
    if state.status == "finished":
        return ""
    return f"{state.reason or 'it was stopped'}, after {state.steps} step{'s' * (state.steps != 1)}"


def _origins(
    state: RunState, kept: list[Cell], report: Report, printed: str
) -> tuple[tuple[str, str, str, str], ...]:
    """Return for each number of the answer: the cell that made it, whether it came again, what else gives it."""
    wanted = {number.value for number in result(state.answer, problem(state))}
    rows = []
    for number in claimed(state.answer, problem(state)):
        made = _origin(number, kept)
        others = [f"cell {other}" for other in _others(number, made, kept, report) if number.value in wanted]
        if printed and stands(number, [printed]):
            others.append(f"cell {kept[-1].number}")
        again = "no" if report.kept else "not run again"
        if made and made.number in report.same:
            again = "yes"
        rows.append((number.written, _place(number, made), again, ", ".join(others) or "nothing"))
    return tuple(rows)


def _origin(number: Number, kept: Sequence[Cell]) -> Cell | None:
    """Return the first cell that printed a number, of those that calculated it where there are any."""
    found = [cell for cell in kept if cell.call_id and cell.ok and stands(number, [cell.output])]
    return next((cell for cell in found if not holds(cell.code, [number])), found[0] if found else None)


def _others(number: Number, made: Cell | None, kept: Sequence[Cell], report: Report) -> list[int]:
    """Return the cells that give a number of the result in another way than the one that made it."""
    apart = [cell.number for cell in kept if cell.is_apart and cell != made and stands(number, [cell.output])]
    return sorted({*report.alone, *(other for other in apart if other in report.same)})


def _place(number: Number, made: Cell | None) -> str:
    if made is None:
        return "no cell"
    return f"cell {made.number}{', written in its code' if holds(made.code, [number]) else ''}"


def _last(state: RunState, name: str) -> str:
    """Return what the mission's own call of that name said last."""
    ours = {call.id for message in state.transcript if message.name for call in message.calls if call.name == name}
    return next((message.text for message in reversed(state.transcript) if message.call_id in ours), "")


def _sentence(notebook: Notebook) -> str:
    if notebook.unfinished:
        return "A part of the calculation, not confirmed:"
    return "The calculation, which ran again to the same values:" if notebook.origins else "What was calculated:"
