"""Reading documents before there is a run, to tell whether there is anything to read."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from farside.agent.home import private
from farside.tools.kinds import Kind, decoded
from farside.tools.reader import Reader
from farside.tools.sandbox import Layer, choose, confined


@dataclass(slots=True)
class Documents:
    """Returns documents as text. A context manager: its sandbox starts with the first that needs a parser."""

    layers: tuple[Layer, ...]
    _opened: ExitStack = field(default_factory=ExitStack)
    _reader: Reader | None = None

    def __enter__(self) -> Documents:
        """Begin nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the parsers, and remove what they had."""
        self._opened.close()

    def text(self, data: bytes, kind: Kind) -> str:
        """Return a document as text.

        Raises:
            Unreadable: it is broken, or its parser does not come to an end.
            FarsideError: no sandbox can be had here.
        """
        if kind == "text":
            return decoded(data)
        if self._reader is None:
            scratch = Path(self._opened.enter_context(TemporaryDirectory()))
            layer = choose(self.layers, confined(scratch, scratch, net=False, private=private()))
            self._reader = Reader(layer, scratch, private())
            self._opened.callback(self._reader.close)
        return self._reader.text(data, kind)
