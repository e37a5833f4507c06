"""Words to a run: left in its inbox, and followed until it is clear what becomes of them."""

from __future__ import annotations

import time

from farside.agent.events import Said
from farside.agent.home import RunFolder
from farside.agent.journal import Journal
from farside.agent.lease import holder, stop_holder
from farside.cli.foreground import Change, carry, read
from farside.errors import FarsideError

FOLLOW_S = 2.0
"""How long to look whether the process that works on the run takes the words, or vanishes without."""


def tell(folder: RunFolder, text: str) -> int:
    """Leave words for a run and say what becomes of them; a finished run is taken up here. Return the exit code.

    Raises:
        FarsideError: there are no words, the journal cannot be used, or what taking up raises.
    """
    if not text.strip():
        raise FarsideError("There is nothing to say.", f'farside say {folder.id} "TEXT"')
    fate, number = post(folder, text)
    if fate == "taken":
        print(f"Run {folder.id} has taken it up.")
    elif fate == "waiting":
        print(f"Run {folder.id} takes it up at its next step.")
    elif (state := read(folder)).status == "finished" and state.inbox < number:
        return carry(folder, False, Change())
    elif state.inbox >= number:
        print(f"Run {folder.id} has taken it up.")
    else:
        print(f"Kept: nobody works on run {folder.id}, and nothing is spent. `farside resume {folder.id}` goes on.")
    return 0


def post(folder: RunFolder, text: str) -> tuple[str, int]:
    """Leave words; return what becomes of them, and their number."""
    journal = Journal(folder.journal)
    try:
        number = journal.post(text)
        return follow(folder, journal, number), number
    finally:
        journal.close()


def follow(folder: RunFolder, journal: Journal, number: int) -> str:
    """Return "taken" once the words are an event, "waiting" when the holder takes its time, "alone" without one."""
    seen = 0
    deadline = time.monotonic() + FOLLOW_S
    while holder(folder.lease):
        for entry in journal.entries(after=seen):
            seen = entry.seq
            if isinstance(entry.event, Said) and entry.event.inbox >= number:
                return "taken"
        if time.monotonic() > deadline:
            return "waiting"
        time.sleep(0.1)
    return "alone"


def halt(folder: RunFolder) -> None:
    """Stop the process that works on a run, and its sandbox; say what was found.

    Raises:
        FarsideError: the sandbox does not die.
    """
    from farside.tools.remains import prove_dead

    pid = stop_holder(folder.lease)
    prove_dead(folder.scratch)
    if pid is None:
        print(f"Nobody works on run {folder.id}: there is nothing to stop.")
        return
    steps = read(folder).steps
    print(f"Run {folder.id} is stopped at step {steps}: process {pid} and its sandbox are gone.")
    print(f"farside resume {folder.id}   goes on")
