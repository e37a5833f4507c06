"""Draw a run as its terminal showed it: python docs/picture.py [RUN [STEP]] > docs/run.svg

The picture is made by the code of the live view from the run's journal: the steps before STEP (default: the last) as
permanent lines, the block at the bottom while STEP was being thought, and the end of the run below. Without RUN a run
is made first: real tools on examples/invoices, replies from docs/picture.jsonl.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

from farside.agent import events as ev
from farside.agent.fold import apply, created
from farside.agent.home import RunFolder, find_run
from farside.agent.journal import Entry, Journal
from farside.cli.block import Moment, block
from farside.cli.ending import ending, spent
from farside.cli.scene import Scene
from farside.cli.story import GLANCE, Page, masthead, told
from farside.models.catalog import open_model

WIDTH = 104
GOAL = "Each file in this folder is an invoice. What is the grand total of all, and which customer owes the most?"
MODEL = "scripted/docs/picture.jsonl"


def made() -> RunFolder:
    """Make a run with the command line, in a home of its own."""
    os.environ["FARSIDE_HOME"] = tempfile.mkdtemp(prefix="farside-picture-")
    farside = str(Path(sys.executable).with_name("farside"))
    command = [farside, "run", GOAL, "--model", MODEL, "--dir", "examples/invoices"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return find_run("last")


def read(folder: RunFolder) -> list[Entry]:
    """Return what the journal holds."""
    journal = Journal(folder.journal)
    entries = list(journal.entries())
    journal.close()
    return entries


def picture(folder: RunFolder, step: int | None) -> list[Text]:
    """Return the lines that the terminal showed while step `step` was being thought, and those at the end."""
    first, *rest = (entry.event for entry in read(folder))
    assert isinstance(first, ev.RunCreated)
    page, state = Page(WIDTH, GLANCE), created(first)
    scene = Scene(folder.id, open_model(first.settings.model, first.settings.base_url).profile, "bubblewrap")
    lines: list[Text] = []
    shown: list[Text] = []
    for event in rest:
        if isinstance(event, ev.Replied) and step in (None, state.steps + 1):
            heard = event.message.thinking or event.message.text
            kind = "thinking" if event.message.thinking else "text"
            shown = [*lines, *block(Moment(scene, state, heard, kind, seconds=4.0), WIDTH)]
        state = apply(state, event)
        lines += masthead(folder.id, state, page) if isinstance(event, ev.Resumed) else told(event, state, page)
    said = ending(state, folder.id, time.time())
    headline = (
        Text().append("● ", "green").append(said.headline, "bold").append(f" · {spent(state, scene.priced)}", "dim")
    )
    prompt = (
        Text().append("$ ", "green").append("farside run ", "bold").append(f'"{GOAL[:60]}…" --dir examples/invoices')
    )
    return [prompt, *shown, Text(), Text("  ⋮", "dim"), Text(), headline, Text(), Text(state.answer)]


def main() -> None:
    """Write the picture of the run that the arguments name to stdout."""
    folder = find_run(sys.argv[1]) if len(sys.argv) > 1 else made()
    step = int(sys.argv[2]) if len(sys.argv) > 2 else None
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for line in picture(folder, step):
        console.print(line)
    svg = console.export_svg(title="farside run", unique_id="farside-run")
    print(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL))  # a picture loads nothing from elsewhere


if __name__ == "__main__":
    main()
