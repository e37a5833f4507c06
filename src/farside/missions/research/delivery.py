"""The deliverable: the report as Markdown and as a web page, and the ledger of its claims."""

from __future__ import annotations

import json
from pathlib import Path

from farside.agent.archive import Archive
from farside.agent.home import RunFolder
from farside.agent.mission import Delivered
from farside.agent.state import RunState
from farside.arguments import object_of
from farside.errors import FarsideError
from farside.missions.research.archived import pages
from farside.missions.research.checking import REPORT, written
from farside.missions.research.claims import Ledger, ledger
from farside.missions.research.document import document
from farside.missions.research.findings import Found, found
from farside.missions.research.judge import nobody
from farside.missions.research.ledger_file import ledger_file
from farside.missions.research.markdown import markdown
from farside.missions.research.options import OUT, places
from farside.missions.research.report import read
from farside.missions.research.verdicts import Kept
from farside.missions.research.web_page import web_page
from farside.missions.whole_file import replace_whole
from farside.tools.reasons import Unreadable


def deliver(state: RunState, folder: RunFolder) -> Delivered | None:
    """Write what the run has brought, beside where the user wants the report; None where there is nothing to write.

    Raises:
        FarsideError: the archive is damaged, or the disk refuses.
    """
    archive = Archive(folder)
    judged = _judged(state)
    text = _text(state, archive, judged)
    if not text.strip():
        return None
    opened = pages(archive)
    judge = Kept(json.loads(archive.get(judged.verdicts)), opened) if judged else nobody
    checked = ledger(read(text), opened, judge, 0, state.goal)
    unfinished = _unfinished(state)
    shown = document(checked, state.goal, unfinished)
    report, page, claims = _places(state, folder)
    _write(claims, ledger_file(checked, shown, folder.id, unfinished))  # first: it says whose the others are
    paths = (_write(report, markdown(shown)), _write(page, web_page(shown)), claims)
    return Delivered(paths, _sentence(checked, unfinished))


def _judged(state: RunState) -> Found | None:
    """Return what the last check with a judge found."""
    outputs = (message.text for message in reversed(state.transcript) if message.name == "judge_report")
    return next(filter(None, map(found, outputs)), None)


def _text(state: RunState, archive: Archive, judged: Found | None) -> str:
    """Return the report that was accepted, else the draft as it lies there, else the best answer so far."""
    if state.status == "finished" and judged:
        return archive.get(judged.report).decode()
    try:
        return written(Path(state.settings.workspace))
    except (FileNotFoundError, Unreadable):
        return state.answer


def _places(state: RunState, folder: RunFolder) -> tuple[Path, Path, Path]:
    """Return where the user wants the files; in the run's folder where another run, or the user, has files there."""
    own = places(folder.path / REPORT)
    wanted = places(Path(out)) if (out := state.settings.option(OUT)) else own
    if not any(path.exists() for path in wanted):
        return wanted
    try:
        data = object_of(wanted[2].read_bytes())
    except OSError:
        return own
    return wanted if data and data.get("run") == folder.id else own


def _unfinished(state: RunState) -> str:
    if state.status == "finished":
        return ""
    return state.reason or "the run did not finish"


def _sentence(checked: Ledger, unfinished: str) -> str:
    hold, whole = checked.counted("supported", "disputed"), len(checked.claims)
    counted = f"{hold} of {whole} sentences are supported by what they cite"
    if disputed := checked.counted("disputed"):
        counted += f", {disputed} disputed"
    if cut := checked.counted("unsupported"):
        counted += f", {cut} left out"
    return f"Only a part of the report ({unfinished}): {counted}." if unfinished else f"The report: {counted}."


def _write(path: Path, content: str) -> Path:
    """Write a file in one step, on disk before return.

    Raises:
        FarsideError: the disk refuses.
    """
    try:
        replace_whole(path, content.encode(errors="replace"))
    except OSError as error:
        raise FarsideError(
            f"The report cannot be written to {path} ({error.strerror}).", "Make room there, or make the folder."
        ) from error
    return path
