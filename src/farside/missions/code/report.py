"""The report on a run, and its delivery: written again as often as it is asked for."""

from __future__ import annotations

import shlex
from pathlib import Path

from farside.agent.events import Settings
from farside.agent.home import RunFolder, private
from farside.agent.mission import Delivered
from farside.agent.state import RunState
from farside.missions.code import delivery
from farside.missions.code.base import Base
from farside.missions.code.checked import FINDINGS, found, mark, marked
from farside.missions.code.clean import Clean, NoPatch, Places
from farside.missions.code.delivery import Taken, Work
from farside.missions.code.git import GitFailed, git
from farside.missions.whole_file import replace_whole
from farside.prompts import render
from farside.tools.sandbox import Layer, choose
from farside.tools.toolbox import LAYERS
from farside.tools.unconfined import Unconfined

TITLE = 72
"""Characters of a commit's first line."""
NOT_CHECKED = "The tests were not run on the work as it stands."


def delivered(state: RunState, folder: RunFolder) -> Delivered | None:
    """Write what the run has brought; None where it never came to have a workspace.

    Raises:
        FarsideError: the work cannot be read, or the disk refuses.
    """
    base = Base.of(dict(state.settings.options))
    places = Places.of(folder, state.settings.workspace)
    if not places.mirror.exists():
        return None
    patch, left_out = _patch(places, state.settings)
    outcome = " ".join(filter(None, (_outcome(state, patch), left_out)))
    out = folder.path / "delivered"
    out.mkdir(exist_ok=True)
    taken = _taken(Work(folder.id, _message(state, folder, outcome), patch), base, out)
    files = (out / "report.md", out / f"{folder.id}.patch")
    replace_whole(files[1], patch)
    replace_whole(files[0], _told(state, folder, outcome, taken, files[1], patch).encode())
    said = (_status(state), outcome, taken.where and f"The work is {taken.where}.", "Report and patch:")
    return Delivered(files, " ".join(filter(None, said)))


def _patch(places: Places, settings: Settings) -> tuple[bytes, str]:
    """Return the work as a patch, and what is to be told of files that had to be left out of it."""
    layers: tuple[Layer, ...] = LAYERS if settings.sandbox else (Unconfined(),)
    confinement = places.confined(settings.net, private())
    clean = Clean(choose(layers, confinement), places, confinement)
    try:
        return clean.patch(), ""
    except NoPatch as error:
        return clean.patch(whole=False), f"Files are left out. {error}"
    finally:
        clean.close()


def _taken(work: Work, base: Base, out: Path) -> Taken:
    if not work.patch:
        return Taken("")
    try:
        return delivery.branch(work, base, out) if base.repository else delivery.repository(work, out)
    except GitFailed as error:
        patch = shlex.quote(str(out / f"{work.run}.patch"))
        return Taken(f"in the patch alone, as no branch could be made ({error})", (f"git apply {patch}",))


def _outcome(state: RunState, patch: bytes) -> str:
    """Return what the last check found, if it was of this very work."""
    if not patch:
        return FINDINGS["unchanged"]
    text = last_check(state)
    finding = found(text)
    return FINDINGS[finding] if finding and marked(text) == mark(patch) else NOT_CHECKED


def last_check(state: RunState) -> str:
    """Return the text of the last check of the work, or ""."""
    told = (message.text for message in reversed(state.transcript) if message.role == "tool" and found(message.text))
    return next(told, "")


def _status(state: RunState) -> str:
    return "" if state.status == "finished" else f"Partial: {state.reason}."


def _message(state: RunState, folder: RunFolder, outcome: str) -> str:
    goal = " ".join(state.goal.split())
    title = goal if len(goal) <= TITLE else f"{goal[: TITLE - 1]}…"
    status = " ".join(filter(None, (_status(state), outcome)))
    return (
        f"{title}\n\n{state.goal.strip()}\n\n{status}\nMade by farside run {folder.id} with {state.settings.model}."
    )


def _told(state: RunState, folder: RunFolder, outcome: str, taken: Taken, file: Path, patch: bytes) -> str:
    stat = git("apply", "--stat", "-", at=folder.path, stdin=patch).decode(errors="replace") if patch else ""
    opening = next((message.text for message in state.transcript if message.name in ("orient", "mend")), "")
    return render(
        __package__,
        "report.md",
        goal=_quoted(state.goal),
        status=_status(state) or "Finished.",
        outcome=outcome,
        run=folder.id,
        model=state.settings.model,
        steps=state.steps,
        began=_began(Base.of(dict(state.settings.options))),
        answer=state.answer or "(none)",
        stat=_indented(stat or "(nothing)"),
        check=_indented(last_check(state) or "The tests were not run."),
        opening=_indented(opening or "(nothing)"),
        where=taken.where or "nowhere: nothing was changed",
        commands=_indented("\n".join(taken.commands) or "(nothing to take)"),
        patch=file,
    )


def _began(base: Base) -> str:
    return f"{base.repository} at {base.commit or 'its beginning'}" if base.repository else "nothing"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.strip().splitlines())


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip().splitlines())
