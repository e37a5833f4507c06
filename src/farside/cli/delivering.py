"""What a mission makes of a run that has ended: written, and named."""

from __future__ import annotations

from farside.agent.blobs import Blobs
from farside.agent.home import RunFolder
from farside.agent.journal import Journal
from farside.agent.mission import Delivered
from farside.agent.state import RunState
from farside.agent.take_up import recall_from
from farside.cli.ending import BROKEN
from farside.cli.plain_text import safe
from farside.errors import FarsideError


class Undelivered(FarsideError):
    """The run is whole, and what it brought could not be written."""

    exit_code = BROKEN


def deliver(folder: RunFolder, state: RunState) -> Delivered | None:
    """Have a run's mission write what the run has brought; None where there is nothing, or it has not ended.

    Raises:
        Undelivered: it cannot be written.
    """
    from farside.missions import mission

    if state.status in ("running", "paused"):
        return None
    journal = Journal(folder.journal, read_only=True)
    try:
        return mission(state.settings.mission).deliver(state, folder, recall_from(journal, Blobs(folder.blobs)))
    except FarsideError as error:
        raise Undelivered(str(error), f"{error.next_step}\n  farside resume {folder.id}   writes it again") from error
    finally:
        journal.close()


def told(delivered: Delivered) -> str:
    """Return the line that says what there is and where."""
    return safe(f"{delivered.sentence} {', '.join(map(str, delivered.paths))}")
