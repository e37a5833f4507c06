"""HTML and PDF into Markdown, in a sandbox of its own: no network, no workspace, nothing of the user's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from farside.tools.kinds import Kind, decoded
from farside.tools.printable import escaped
from farside.tools.reasons import Unreadable
from farside.tools.remains import prove_dead
from farside.tools.sandbox import Layer, Limits, confined
from farside.tools.worker import SandboxDied, Worker

SECONDS = 60.0
"""That one document may take."""
MEMORY, OUTPUT = 2**30, 32 * 2**20


class Reader:
    """Turns documents into text; its sandbox starts with the first one that needs a parser."""

    def __init__(self, layer: Layer, scratch: Path, private: tuple[Path, ...], seconds: float = SECONDS) -> None:
        """`scratch` is a folder of the run's for this alone; what an earlier farside left in it is ended first.

        Raises:
            FarsideError: what is left cannot be killed.
        """
        (scratch / "empty").mkdir(parents=True, exist_ok=True)
        prove_dead(scratch)
        usual = Limits()
        limits = replace(usual, memory=min(usual.memory, MEMORY), processes=16, output=OUTPUT)
        confinement = confined(scratch / "empty", scratch, net=False, private=private, limits=limits)
        self._worker = Worker(layer, confinement, _no_answer)
        self._seconds = seconds

    def text(self, data: bytes, kind: Kind, address: str = "", charset: str = "") -> str:
        """Return a document as text; that of HTML and PDF is Markdown. Controls are escaped.

        Raises:
            Unreadable: it is binary, broken, or its parser does not come to an end.
        """
        if kind == "binary":
            raise Unreadable("it is binary: no text, HTML or PDF")
        if kind == "text":
            return escaped(decoded(data, charset).encode())
        arguments = {"kind": kind, "address": address, "charset": charset}
        try:
            report = self._worker.ask("markdown", arguments, self._seconds, [data])
        except SandboxDied as error:
            raise Unreadable(f"its parser broke down {error}".rstrip()) from error
        text = escaped(report.blobs[0])
        if not report.body["ok"]:
            raise Unreadable(text.strip().rpartition("\n")[2][:500] or "its parser broke down")
        return text

    def close(self) -> None:
        """End the sandbox. May be called twice."""
        self._worker.end()


def _no_answer(_question: str, _arguments: dict[str, Any]) -> tuple[str, bool]:
    return "", False
