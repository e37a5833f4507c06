"""Draw a run as its terminal showed it: python docs/picture.py RUN [STEP] > docs/run.svg

The picture is made by the code of the live view from the run's journal: the steps before STEP (default: the last) as
permanent lines, and the block at the bottom while STEP was being thought. The answer of the whole run stands below.
"""

from __future__ import annotations

import io
import sys
import time

from rich.console import Console
from rich.text import Text

from farside.agent import events as ev
from farside.agent.fold import apply, created
from farside.agent.home import find_run
from farside.agent.journal import Journal
from farside.cli.block import Moment, block
from farside.cli.ending import ending
from farside.cli.scene import Scene
from farside.cli.story import GLANCE, Page, masthead, told
from farside.models.base import Profile

WIDTH = 104


def picture(run: str, step: int | None, profile: Profile) -> list[Text]:
    """Return the lines that the terminal showed while step `step` was being thought, and those at the end."""
    folder = find_run(run)
    journal = Journal(folder.journal)
    entries = list(journal.entries())
    journal.close()
    first = entries[0].event
    assert isinstance(first, ev.RunCreated)
    page, state = Page(WIDTH, GLANCE), created(first)
    lines: list[Text] = []
    shown: list[Text] = []
    for entry in entries[1:]:
        event = entry.event
        if isinstance(event, ev.Replied) and (step is None or step == state.steps + 1):
            heard = event.message.thinking or event.message.text
            kind = "thinking" if event.message.thinking else "text"
            moment = Moment(Scene(folder.id, profile, "bubblewrap"), state, heard, kind, seconds=event.seconds)
            shown = [*lines, *block(moment, WIDTH)]
        state = apply(state, event)
        lines += masthead(folder.id, state, page) if isinstance(event, ev.Resumed) else told(event, state, page)
    said = ending(state, folder.id, time.time())
    return [*shown, Text(), Text("● ", "green").append(said.headline, "bold"), Text(), Text(state.answer)]


def main() -> None:
    """Write the picture of the run that the arguments name to stdout."""
    run, *rest = sys.argv[1:] or ["last"]
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for line in picture(run, int(rest[0]) if rest else None, Profile("local", window=16_384)):
        console.print(line, soft_wrap=True)
    print(console.export_svg(title="farside run"))


if __name__ == "__main__":
    main()
