"""Asking the model one question at a time, as long as there is time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from farside.prompts import render
from farside.tools.frames import Frame

Ask = Callable[[str, dict[str, Any]], Frame]


class Refused(Exception):
    """The host has no answer: the budget is spent, or the model does not reply."""


@dataclass(frozen=True, slots=True)
class Asker:
    """The way to the model for one goal."""

    ask: Ask
    goal: str
    end: float
    """Until when to be done, on the monotonic clock."""

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.end - time.monotonic()

    def __call__(self, prompt: str, values: Mapping[str, object], system: str = "reader.md", **options: Any) -> str:
        """Return the model's answer to the prompt file filled with `values` and the goal.

        `options` are fields of `farside.tools.base.Question`.

        Raises:
            Refused: there is no answer.
        """
        text = render(__package__, prompt, goal=self.goal, **values)
        frame = self.ask("consult", {"text": text, "system": render(__package__, system), **options})
        answer = frame.blobs[0].decode(errors="replace")
        if not frame.body["ok"]:
            raise Refused(answer)
        return answer

    def json(self, prompt: str, values: Mapping[str, object], schema: object, **options: Any) -> Any:
        """Return the answer, read as JSON of that schema; None when it was cut off.

        Raises:
            Refused: there is no answer.
        """
        answer = self(prompt, values, schema=json.dumps(schema), **options)
        try:
            return json.loads(answer)
        except ValueError:
            return None


def fenced(text: str) -> str:
    """Return a text between fences, so that a model sees where it ends."""
    return f"```\n{text.rstrip()}\n```"
