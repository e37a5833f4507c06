"""What the end of a journal tells at a glance: enough to begin with what starts slowly, before all of it is read."""

from __future__ import annotations

from dataclasses import dataclass

from farside.agent.events import CallFinished, Ended, Forked, Resumed, RunCreated, Said, Settings
from farside.agent.journal import Journal
from farside.errors import FarsideError


@dataclass(frozen=True, slots=True)
class Glance:
    """Parts of the RunState that the whole journal folds to."""

    settings: Settings
    finished: bool
    inbox: int
    """Number of the last inbox row taken."""
    session: bool
    """The Python session has a snapshot."""


def glance(journal: Journal) -> Glance:
    """Look at the last events of a journal.

    Raises:
        FarsideError: it is not readable, or no run was ever created in it.
    """
    chosen = journal.last("run_created", "resumed", "forked")
    if not isinstance(chosen, RunCreated | Resumed | Forked):
        raise FarsideError(
            f"The journal {journal.path} is no whole story (no run was created in it).",
            "Restore it from a backup, or start a new run.",
        )
    said = journal.last("said")
    status = journal.last("said", "resumed", "forked", "paused", "ended")
    return Glance(
        settings=chosen.settings,
        finished=isinstance(status, Ended) and status.status == "finished",
        inbox=said.inbox if isinstance(said, Said) else 0,
        session=isinstance(journal.last("call_finished", having="$.session"), CallFinished),
    )
