"""Traces: what was asked and replied in runs that really ran, as the conversations that a model is trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from farside.messages import Message, Request
from farside.models.base import Profile
from farside.models.k2_wire import messages_of, tools_of
from farside.train.runs import run
from farside.train.tasks.task import Task
from farside.train.teacher import Asked, Teacher

Trace = dict[str, Any]
"""A line of a trace file: family, seed, split, language, steps, tools, and segments.

A segment is a stretch in which the prompt only grew at its end: `messages` as farside.k2.render takes them, and
`learn`, the indices of the assistant messages to learn. Each is learnt in the one segment in which it was made.
"""
WINDOW = 32_768
TAUGHT = Profile(
    "k2/mini", window=WINDOW, max_tokens=1024, reasoning="reasoning_content", ids="kimi", temperature=1.0, brief=True
)
"""What the trained model will be driven by: the traces have the very prompts that it will see."""


class Unfaithful(Exception):
    """A lesson that did not come to the right answer: a fault of the lesson."""


def traced(task: Task, profile: Profile = TAUGHT) -> Trace:
    """Run a task with its teacher and return the trace.

    Raises:
        Unfaithful: the answer is not right.
    """
    teacher = Teacher(profile, task)
    done = run(task, lambda: teacher, profile.name)
    if not done.right:
        raise Unfaithful(f"{task.name}: {done.state.status}, {done.answer!r}: {done.state.reason}")
    head = {"family": task.family, "seed": task.seed, "split": task.split, "language": task.language}
    tools = tools_of(teacher.asked[0].request.tools)
    return {**head, "steps": task.steps, "tools": tools, "segments": list(segments(teacher.asked))}


def segments(asked: Sequence[Asked]) -> Iterator[dict[str, Any]]:
    """Yield the segments of a run's requests and replies."""
    first = 0
    for index, one in enumerate(asked):
        after = asked[index + 1].request.messages if index + 1 < len(asked) else None
        if after is None or after[: len(one.request.messages)] != one.request.messages:
            reply = one.reply if after is None else _projected(one.reply, after)
            yield {
                "messages": messages_of(Request((*one.request.messages, reply))),
                "learn": [len(each.request.messages) for each in asked[first : index + 1] if each.learn],
            }
            first = index + 1


def _projected(reply: Message, after: Sequence[Message]) -> Message:
    """Return a reply as it stands in the next request, where its calls have ids."""
    same = [m for m in after if m.role == "assistant" and (m.thinking, m.text) == (reply.thinking, reply.text)]
    return next(m for m in reversed(same) if [c.arguments for c in m.calls] == [c.arguments for c in reply.calls])
