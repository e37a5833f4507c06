"""The brain of the context benchmark: looks at each part in turn, and needs an early part's code near the end.

It finds the code where the request still shows it, else recalls the output by the handle that is shown, else looks at
the part again; what the request does not hold it does not know. A request without tools asks for a summary: it gets
one of fixed length, which cannot hold every code, as nobody knows then which will be needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.parts import WORDS
from farside.messages import Message, ToolCall
from farside.testkit.http import Body

SUMMARY_CHARACTERS = 6_000
HANDLE = re.compile(r'recall\("(c\d+)"\)')
RANGE = re.compile(r"calls c(\d+) to c(\d+)")


@dataclass(slots=True)
class Searching:
    """The brain; one run's."""

    steps: int = 300
    planted: int = 10
    needed: int = 290
    thinking: int = 240
    """Characters that it thinks before each call."""
    found: str = ""
    """How the code was found, or that it was not."""
    code: int | None = None
    summaries: int = 0
    _looked: int = 0
    _tried: list[str] = field(default_factory=list)

    def __call__(self, body: Body) -> Message:
        """Return the next call, the answer, or a summary."""
        if not body.get("tools"):
            self.summaries += 1
            return Message("assistant", " ".join(WORDS * 50)[:SUMMARY_CHARACTERS])
        if self._looked == self.needed and not self.found and (call := self._search(body)):
            return self._calling(*call)
        if self._looked == self.steps:
            return Message("assistant", f"All parts were looked at. The code is {self.code}.")
        self._looked += 1
        return self._calling("look", {"part": self._looked})

    def _search(self, body: Body) -> tuple[str, dict[str, Any]] | None:
        """Note how the code was found, or return the call that may show it."""
        messages = body["messages"]
        shown = re.compile(rf"The code of part {self.planted} is (\d+)\.")
        if found := next(filter(None, map(shown.search, map(_text, messages))), None):
            self.code = int(found[1])
            self.found = self._tried[-1] if self._tried else "shown"
            return None
        offered = {tool["function"]["name"] for tool in body["tools"]}
        handle = self._handle(messages)
        if "recall" in offered and handle and "by recall" not in self._tried:
            self._tried.append("by recall")
            return "recall", {"handle": handle}
        if "by looking again" not in self._tried:
            self._tried.append("by looking again")
            return "look", {"part": self.planted}
        self.found = "not found"
        return None

    def _handle(self, messages: list[dict[str, Any]]) -> str:
        """Return the handle of the output that held the code, as far as the request shows one."""
        looked = f'look {{"part": {self.planted}}}'
        answers = {message.get("tool_call_id"): _text(message) for message in messages if message["role"] == "tool"}
        for name, part, call_id in _calls(messages):
            if (name, part) == ("look", self.planted) and (found := HANDLE.search(answers.get(call_id, ""))):
                return found[1]
        for text in map(_text, messages):
            if found := re.search(rf"\b(c\d+) {re.escape(looked)}", text):
                return found[1]
            if (found := RANGE.search(text)) and int(found[1]) <= self.planted <= int(found[2]):
                return f"c{self.planted}"  # the first calls were looks, one a part
        return ""

    def _calling(self, name: str, arguments: dict[str, Any]) -> Message:
        thought = f"After {self._looked} parts, {name} is next. " + "Nothing else stands out so far. " * 40
        return Message("assistant", "", thought[: self.thinking], (ToolCall("", name, json.dumps(arguments)),))


def _calls(messages: list[dict[str, Any]]) -> Iterator[tuple[str, Any, str]]:
    for message in messages:
        for call in message.get("tool_calls") or ():
            function = call["function"]
            yield function["name"], json.loads(function["arguments"] or "{}").get("part"), call["id"]


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else " ".join(str(piece.get("text", "")) for piece in content)
