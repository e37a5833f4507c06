"""The live view: finished steps as permanent lines, one calm block at the bottom."""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Event, Thread

from rich.console import Console
from rich.text import Text

from farside.agent.events import Asked, CallStarted, Replied, Resumed
from farside.agent.journal import Entry
from farside.agent.state import RunState
from farside.cli.block import Moment, block
from farside.cli.scene import Scene
from farside.cli.screen import Screen
from farside.cli.story import GLANCE, Page, masthead, told
from farside.messages import Part

TICK_S = 0.125
"""Redraws are no closer than this."""
CLOCK_S = 1.0
"""Redraw at least this often, for the clock."""
HEARD = 2_000
"""Characters of a stream that are kept: the block shows its last lines only."""


class Live:
    """A View for a terminal. A thread of its own redraws; whoever calls only leaves word of what is new."""

    def __init__(self, console: Console, scene: Scene) -> None:
        self._screen = Screen(console)
        self._scene = scene
        self._moment: Moment | None = None
        self._began = time.monotonic()
        self._fresh = Event()
        self._over = Event()
        self._clock = Thread(target=self._tick, name="live view", daemon=True)
        self._clock.start()

    def set(self, scene: Scene) -> None:
        """Show it from the next redraw on."""
        self._scene = scene
        if self._moment:
            self._change(replace(self._moment, scene=scene))

    def event(self, entry: Entry, state: RunState) -> None:
        """Print what happened for good, and the block as it is now."""
        if isinstance(entry.event, Asked | CallStarted | Replied):
            self._began = time.monotonic()
        self._moment = Moment(self._scene, state)
        page = Page(self._screen.width, GLANCE)
        above = told(entry.event, state, page)
        if isinstance(entry.event, Resumed):
            above = masthead(self._scene.run_id, state, page)
        if above or isinstance(entry.event, CallStarted):
            self._draw(above)
        else:
            self._fresh.set()

    def part(self, part: Part) -> None:
        """Keep the end of what is streamed."""
        if moment := self._moment:
            heard = moment.heard if moment.kind == part.kind else ""
            self._change(replace(moment, heard=(heard + part.text)[-HEARD:], kind=part.kind, notice=""))

    def notice(self, sentence: str) -> None:
        """Show why it takes longer."""
        if moment := self._moment:
            self._change(replace(moment, notice=sentence, heard="", kind=""))

    def close(self) -> None:
        """Take the block away; what was printed stays."""
        self._over.set()
        self._fresh.set()
        self._clock.join()
        self._screen.draw([])

    def _change(self, moment: Moment) -> None:
        self._moment = moment
        self._fresh.set()

    def _tick(self) -> None:
        while not self._over.wait(TICK_S):
            self._fresh.wait(CLOCK_S)
            self._fresh.clear()
            if not self._over.is_set():
                self._draw()

    def _draw(self, above: list[Text] | None = None) -> None:
        if moment := self._moment:
            now = replace(moment, seconds=time.monotonic() - self._began)
            self._screen.draw(block(now, self._screen.width), above or ())
