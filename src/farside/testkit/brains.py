"""What answers at the loopback endpoint: functions of a request alone, so that a resumed run meets the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from farside.messages import Message, ToolCall
from farside.testkit.http import Body

Brain = Callable[[Body], Message]
"""From a request's body to the reply; a call's id may be left empty, the endpoint then fills it in."""

_TOOL_MESSAGE = re.compile(rb'"role": ?"tool"')
_RESULT = re.compile(r"step (\d+) total (\d+)")


@dataclass(frozen=True, slots=True)
class Counting:
    """Asks for n calls one after another, each building on the last result, then answers from all results it sees.

    Step k must print `step k total t`, with t the sum of the squares up to k. A result that says something else (an
    error, an unknown outcome, a placeholder) is not counted: the step is asked for again. The answer is
    `the total is T`, or `wrong: …` where any result in the request contradicts the arithmetic.
    """

    n: int
    tool: str = "python"
    arguments: str = "{\"code\": \"print('step', {step}, 'total', {total})\"}"
    """JSON text in which {step} and {total} are put."""

    def __call__(self, body: Body) -> Message:
        """Return the next call or the answer."""
        results = list(_results(body["messages"]))
        wrong = [f"step {step} total {total}" for step, total in results if total != squares(step)]
        if wrong:
            return Message("assistant", f"wrong: {', '.join(wrong)}", "These do not add up.")
        done = max((step for step, _ in results), default=0)
        if done >= self.n:
            return Message("assistant", f"the total is {squares(self.n)}", "All steps are done.")
        step = done + 1
        arguments = self.arguments.replace("{step}", str(step)).replace("{total}", str(squares(step)))
        return Message("assistant", "", f"Step {step} is next.", (ToolCall("", self.tool, arguments),))


@dataclass(frozen=True, slots=True)
class Repeating:
    """Asks n times for the same tool, with {step} put into the arguments, then says `done`.

    For measuring: it counts the tool messages in the body's bytes and parses nothing.
    """

    n: int
    tool: str
    arguments: str = "{}"

    def __call__(self, body: Body) -> Message:
        """Return the next call or the answer."""
        step = 1 + len(_TOOL_MESSAGE.findall(body.raw))
        if step > self.n:
            return Message("assistant", "done", "All steps are done.")
        arguments = self.arguments.replace("{step}", str(step))
        return Message(
            "assistant",
            "",
            f"Step {step} is next.",
            (ToolCall(f"functions.{self.tool}:{step - 1}", self.tool, arguments),),
        )


def squares(n: int) -> int:
    """Return 1 + 4 + … + n²."""
    return n * (n + 1) * (2 * n + 1) // 6


def brain_named(text: str, tool: str, arguments: str) -> Brain:
    """Return the brain that `counting:300` or `repeating:300` names; "" leaves tool or arguments at their default."""
    kind, _, n = text.partition(":")
    given = {key: value for key, value in (("tool", tool), ("arguments", arguments)) if value}
    if kind not in _BRAINS or not n.isdigit():
        raise SystemExit(f"no such brain: {text}; brains are {', '.join(f'{name}:N' for name in _BRAINS)}")
    return _BRAINS[kind](int(n), **given)


_BRAINS: dict[str, Callable[..., Brain]] = {"counting": Counting, "repeating": Repeating}


def _results(messages: list[dict[str, Any]]) -> Iterator[tuple[int, int]]:
    for message in messages:
        found = _RESULT.search(message["content"]) if message["role"] == "tool" else None
        if found:
            yield int(found[1]), int(found[2])
