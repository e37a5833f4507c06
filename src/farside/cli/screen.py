"""A terminal with a block of lines that stays at the bottom, under lines that scroll away for good.

Nothing is blanked before it is drawn: each line is written over the old one and its rest erased, all in one write
between the marks of synchronized output, so that nothing flickers. The cursor is never hidden and the terminal's mode
never changed: a process that is killed leaves a terminal that works.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from rich.console import Console
from rich.text import Text

BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"
ERASE_RIGHT, ERASE_BELOW = "\x1b[K", "\x1b[J"


class Screen:
    """Draws on a Console that is a terminal. Safe to use from several threads."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._lock = Lock()
        self._block: list[Text] = []

    @property
    def width(self) -> int:
        """Columns of the terminal now."""
        return self.console.width

    def draw(self, block: list[Text], above: Iterable[Text] = ()) -> None:
        """Print `above` for good and the block under it, in place of the last block. An empty block clears it."""
        with self._lock:
            up = self._rows_up()
            lines = [*above, *block]
            text = "\n".join(self._line(line) + ERASE_RIGHT for line in lines)
            if lines and not block:
                text += "\n"
            self._block = block
            self.console.file.write(f"{BEGIN}\r{up}{text}{ERASE_BELOW}{END}")
            self.console.file.flush()

    def _rows_up(self) -> str:
        """Move to the first row of the last block; a terminal that became narrower has wrapped its lines."""
        rows = sum(max(1, -(-line.cell_len // self.width)) for line in self._block)
        return f"\x1b[{rows - 1}A" if rows > 1 else ""

    def _line(self, line: Text) -> str:
        with self.console.capture() as capture:
            self.console.print(line, end="", no_wrap=True, overflow="ellipsis", crop=True)
        return capture.get()
