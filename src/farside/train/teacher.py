"""A lesson as a model: it is asked like any other, and keeps what it was shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from farside.messages import Message, Reply, Request, ToolCall, Usage
from farside.models.base import OnNotice, OnPart, Profile
from farside.train.tasks.task import Lesson, Task

CHARS = 3
"""Characters that a token is taken for, where only the context policy asks."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a run, what the teacher replied, and whether that is to be learnt."""

    request: Request
    reply: Message
    learn: bool


@dataclass(slots=True)
class Teacher:
    """A `farside.models.base.Model` for one run of one task."""

    profile: Profile
    task: Task
    asked: list[Asked] = field(default_factory=list)
    _lesson: Lesson | None = None

    def reply(self, request: Request, on_part: OnPart, on_notice: OnNotice) -> Reply:
        """Return the next turn of the lesson, which sees the last message of the request alone."""
        if self._lesson is None:
            self._lesson = self.task.lesson()
            turn = next(self._lesson)
        else:
            turn = self._lesson.send(request.messages[-1].text)
        calls = (ToolCall("", turn.tool, turn.json),) if turn.tool else ()
        message = Message("assistant", turn.text, turn.thinking, calls)
        self.asked.append(Asked(request, message, turn.learn))
        usage = Usage(sum(map(_size, request.messages)) // CHARS, 0, _size(message) // CHARS)
        return Reply(message, usage, "calls" if calls else "stop", self.profile.name)

    def close(self) -> None:
        """Do nothing: nothing is open."""


def _size(message: Message) -> int:
    return len(message.text) + len(message.thinking) + sum(len(call.arguments) for call in message.calls)
