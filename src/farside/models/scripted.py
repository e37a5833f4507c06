"""`scripted/FILE.jsonl`: a recorded or hand-written list of replies, for tests and for replay.

One JSON object a line; blank lines and lines that begin with `#` do not count. A line is a reply:

    {"thinking": "…", "text": "…", "calls": [{"name": "…", "arguments": {…} or "…"}], "usage": {…},
     "when": "regex", "delay_s": 0.1}

or a failure, `{"fail": "Unreachable", "when": "…"}`, with the name of a ModelError. The first line may instead be
`{"profile": {…}}`: fields of the Profile, for example `{"tools": "code"}`.

Which line comes next is a function of the request alone, so a killed and resumed run goes on at the right line.
Every assistant message of the request used one line: going through them in order, each used the first unused line
whose `when` occurs in the message before it (a line without `when` always fits). The reply is then the first unused
line that fits the last message. Lines passed over stay for later. So let `when` name what stays in the request: a
context policy may hide old tool outputs. A failure happens once in a process and uses no assistant message; after a
restart it happens again if its `when` still fits.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from farside.errors import FarsideError
from farside.messages import Message, Part, Reply, Request, ToolCall, Usage
from farside.models import base
from farside.models.base import ModelError, OnNotice, OnPart, Profile
from farside.models.profiles import profile_for


class Call(BaseModel):
    """A call of a line."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    arguments: dict[str, object] | str = "{}"

    def text(self) -> str:
        """Return the arguments as JSON text; a string is taken as written, valid or not."""
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


class Line(BaseModel):
    """One line of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = ""
    thinking: str = ""
    calls: tuple[Call, ...] = ()
    usage: Usage | None = None
    when: str = ""
    delay_s: float = 0.0
    fail: str = ""

    @model_validator(mode="after")
    def _usable(self) -> Line:
        re.compile(self.when)
        if self.fail and not _is_failure(self.fail):
            raise ValueError(f"fail names no ModelError: {self.fail}")
        if not (self.fail or self.text or self.calls):
            raise ValueError("a line needs text, calls or fail")
        return self

    def fits(self, last: Message) -> bool:
        """Tell whether `when` occurs in the message that the line would answer."""
        return not self.when or re.search(self.when, last.text) is not None


class Scripted:
    """A Model that reads its replies from a file."""

    def __init__(self, profile: Profile, lines: Sequence[Line], path: Path) -> None:
        self._profile = profile
        self._lines = lines
        self._path = path
        self._failed: set[int] = set()

    @property
    def profile(self) -> Profile:
        """What the file says of itself."""
        return self._profile

    def reply(self, request: Request, on_part: OnPart, on_notice: OnNotice) -> Reply:
        """Return the line that the request is at; see the module for which one that is.

        Raises:
            ModelError: the line says so.
            FarsideError: the lines ran out.
        """
        number = self._next(request.messages)
        line = self._lines[number]
        time.sleep(line.delay_s)
        if line.fail:
            self._failed.add(number)
            raise _failure(line.fail, f"{self._path.name} says so")
        for kind, text in (("thinking", line.thinking), ("text", line.text)):
            if text:
                on_part(Part("thinking" if kind == "thinking" else "text", text))
        for call in line.calls:
            on_part(Part("call", call.name))
            on_part(Part("call", call.text()))
        return _reply(line, number, request)

    def close(self) -> None:
        """Do nothing: nothing is open."""

    def _next(self, messages: Sequence[Message]) -> int:
        spoken = [number for number, line in enumerate(self._lines) if not line.fail]
        for before, message in pairwise(messages):
            said = message.role == "assistant" and not message.name  # calls that farside made itself have one
            used = self._first(spoken, before) if said else None
            if used is not None:
                spoken.remove(used)
        failing = [n for n, line in enumerate(self._lines) if line.fail and n not in self._failed]
        number = self._first(sorted(spoken + failing), messages[-1])
        if number is None:
            raise FarsideError(
                f"{self._path} has no line left that fits, of {len(self._lines)}.",
                "add a line to the script, or go on with another model: farside resume RUN --model M",
            )
        return number

    def _first(self, numbers: Sequence[int], last: Message) -> int | None:
        return next((number for number in numbers if self._lines[number].fits(last)), None)


def open_scripted(name: str, overrides: dict[str, object] | None = None) -> Scripted:
    """Read `scripted/FILE.jsonl`.

    Raises:
        FarsideError: no such file, or a line that is not as it should be (the message names file and line).
    """
    path = Path(name.removeprefix("scripted/"))
    try:
        texts = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FarsideError(f"The script {path} cannot be read: {error}.", f"ls -l {path}") from None
    numbered = [(n, text) for n, text in enumerate(texts, 1) if text.strip() and not text.startswith("#")]
    shape: dict[str, object] = {}
    if numbered and '"profile"' in numbered[0][1]:
        shape = _header(path, *numbered.pop(0))
    profile = profile_for(name, {**shape, **(overrides or {})})
    return Scripted(profile, [_line(path, *each) for each in numbered], path)


def _header(path: Path, number: int, text: str) -> dict[str, object]:
    try:
        return dict(json.loads(text)["profile"])
    except (ValueError, KeyError, TypeError):
        raise FarsideError(f'{path}, line {number}: expected {{"profile": {{…}}}}.', "correct the line") from None


def _line(path: Path, number: int, text: str) -> Line:
    try:
        return Line.model_validate_json(text)
    except (ValidationError, re.error) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else f"when: {error}"
        raise FarsideError(f"{path}, line {number}: {reason}.", "correct the line") from None


def _reply(line: Line, number: int, request: Request) -> Reply:
    calls = tuple(
        ToolCall(f"script_{number}_{place}", call.name, call.text()) for place, call in enumerate(line.calls)
    )
    message = Message("assistant", line.text, line.thinking, calls)
    return Reply(message, line.usage or _estimate(request, message), "calls" if calls else "stop", "scripted")


def _estimate(request: Request, message: Message) -> Usage:
    return Usage(sum(map(_size, request.messages)) // 4, 0, _size(message) // 4)


def _size(message: Message) -> int:
    return len(message.text) + len(message.thinking) + sum(len(call.arguments) for call in message.calls)


def _is_failure(kind: str) -> bool:
    found = getattr(base, kind, None)
    return isinstance(found, type) and issubclass(found, ModelError)


def _failure(kind: str, reason: str) -> ModelError:
    error: ModelError = getattr(base, kind)(f"{kind}: {reason}.", "farside resume RUN")
    return error
