"""A run in small: ask, do the calls, ask again. For tests of models; the agent has its own."""

import json
from collections.abc import Callable

from farside.messages import Message, Reply, Request, ToolSpec
from farside.models.base import Model
from farside.models.ids import kimi_ids

PYTHON = ToolSpec(
    "python",
    "Runs code.",
    '{"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}',
)


def ask(model: Model, *messages: Message, on_notice: Callable[[str], None] = lambda _: None) -> Reply:
    """Return the reply to a short conversation with one tool."""
    given = messages or (Message("user", "go"),)
    return model.reply(Request(given, (PYTHON,)), lambda _: None, on_notice)


def drive(model: Model, steps: int) -> tuple[str, list[Reply]]:
    """Return the final answer and all replies of at most `steps` steps."""
    messages: tuple[Message, ...] = (Message("user", "count"),)
    replies: list[Reply] = []
    for _ in range(steps):
        messages = kimi_ids(messages)
        reply = ask(model, *messages)
        replies.append(reply)
        if not reply.message.calls:
            return reply.message.text, replies
        results = [
            Message("tool", output(call.arguments), call_id=call.id, name=call.name) for call in reply.message.calls
        ]
        messages = (*messages, reply.message, *results)
    raise AssertionError(f"no answer within {steps} steps")


def output(arguments: str) -> str:
    """Do what the counting brain's code does, or say what is wrong with the arguments."""
    try:
        code = json.loads(arguments)["code"]
    except (ValueError, KeyError, TypeError):
        return "error: the arguments are no JSON object with a `code`"
    _, step, _, total = str(code).removeprefix("print(").removesuffix(")").split(", ")
    return f"step {step} total {total}"
