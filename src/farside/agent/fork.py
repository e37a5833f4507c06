"""Making a fork: a run of its own that begins where another one was at the end of a step."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace

from farside.agent import events as ev
from farside.agent.blobs import Blobs
from farside.agent.home import RunFolder, new_run
from farside.agent.journal import Entry, Journal
from farside.agent.past import Past
from farside.agent.snapshots.restore import write_out
from farside.agent.snapshots.store import Store, linked
from farside.errors import FarsideError
from farside.prompts import render


def fork(origin: RunFolder, past: Past, written: Callable[[int], None]) -> RunFolder:
    """Make a run that goes on from `past`, in a restored copy of the folder that nobody else works on; return it.

    It rests until it is resumed. The other run is only read. `written` is called with the number of files so far.

    Raises:
        FarsideError: the disk refuses, or the snapshots are damaged. Then there is no new run.
    """
    folder = new_run()
    try:
        with Store(origin.snapshots) as store:
            write_out(store, past.state.snapshot, folder.workspace, written)
            store.share(folder.snapshots)
        _share_blobs(origin, folder)
        _write_journal(folder, past)
    except BaseException as error:
        shutil.rmtree(folder.path, ignore_errors=True)
        if isinstance(error, OSError):
            raise FarsideError(
                f"The fork cannot be written to {folder.path} ({error.strerror}).", "Make room there, and try again."
            ) from error
        raise
    return folder


def _write_journal(folder: RunFolder, past: Past) -> None:
    """Write the events up to the step with their own times, and what is different from there on."""
    settings = replace(past.state.settings, workspace=str(folder.workspace))
    note = render(
        __package__,
        "forked.md",
        before=past.state.settings.workspace,
        workspace=settings.workspace,
        missing="".join(f"\nNot in the copy: {line}" for line in past.left_out),
    )
    own = (ev.Forked(past.run, past.step, settings), ev.Noted(note, "session"))
    journal = Journal(folder.journal, create=True)
    try:
        journal.adopt([*map(_inherited, past.entries), *(Entry(0, time.time(), event) for event in own)])
    finally:
        journal.close()


def _inherited(entry: Entry) -> Entry:
    """Return an event as the fork has it: the words of the user do not come from the fork's own inbox."""
    event = entry.event
    return replace(entry, event=replace(event, inbox=0)) if isinstance(event, ev.Said) else entry


def _share_blobs(origin: RunFolder, folder: RunFolder) -> None:
    """Give the fork whole outputs, sessions and archived pages; what it does not need of them costs nothing."""
    target = Blobs(folder.blobs).folder
    for blob in origin.blobs.iterdir():
        if not blob.suffix:  # else it is being written
            linked(blob, target / blob.name)
    if origin.pages.exists():
        shutil.copyfile(origin.pages, folder.pages)
