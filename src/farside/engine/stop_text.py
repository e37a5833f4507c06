"""A text at which an answer ends: it may come in pieces, so what may begin it waits for the rest."""

from __future__ import annotations

from collections.abc import Iterable

from farside.k2.deltas import Content, Delta


class StopText:
    """Cuts what is said to the user before `text`; "" never comes. Thinking and calls are let through."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._held = ""
        self.reached = False

    def feed(self, deltas: Iterable[Delta]) -> list[Delta]:
        """Return what is certain by now; nothing comes behind the text."""
        said: list[Delta] = []
        for delta in deltas:
            if self.reached:
                break
            if isinstance(delta, Content):
                said += self._cut(self._held + delta.text)
            else:
                said += [*self.finish(), delta]
        return said

    def finish(self) -> list[Delta]:
        """Return what waited: the text did not go on."""
        held, self._held = self._held, ""
        return [Content(held)] if held else []

    def _cut(self, text: str) -> list[Delta]:
        before, found, _ = text.partition(self._text) if self._text else (text, "", "")
        self.reached = bool(found)
        begun = 0 if found else self._begun(text)
        self._held = text[len(text) - begun :]
        certain = before if found else text[: len(text) - begun]
        return [Content(certain)] if certain else []

    def _begun(self, text: str) -> int:
        """Return how many characters at the end of a text may begin the stop text."""
        most = min(len(text), len(self._text) - 1)
        return next((length for length in range(most, 0, -1) if self._text.startswith(text[-length:])), 0)
