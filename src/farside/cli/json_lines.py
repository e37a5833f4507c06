"""The view for programs: one event a line on stdout, and nothing else there."""

from __future__ import annotations

import json
import sys
from typing import TextIO

from farside.agent.codec import encode
from farside.agent.journal import Entry
from farside.agent.state import RunState
from farside.cli.scene import Scene
from farside.messages import Part


class JsonLines:
    """A View that prints events as the journal has them, each with `seq`, `at`, `run` and `kind`."""

    def __init__(self, scene: Scene, file: TextIO | None = None) -> None:
        self._scene = scene
        self._file = file or sys.stdout

    def set(self, scene: Scene) -> None:
        """Nothing of it is an event."""

    def event(self, entry: Entry, state: RunState) -> None:
        """Print it."""
        print(json_line(entry, self._scene.run_id), file=self._file, flush=True)

    def part(self, part: Part) -> None:
        """The assembled reply is the event."""

    def notice(self, sentence: str) -> None:
        """Waiting is no event."""

    def close(self) -> None:
        """The last event was the last line."""


def json_line(entry: Entry, run_id: str) -> str:
    """Return an entry as one line of JSON, ASCII only."""
    body = json.loads(encode(entry.event))
    kind = body.pop("kind")
    return json.dumps({"seq": entry.seq, "at": entry.at, "run": run_id, "kind": kind, **body})
