"""A goal whose state lies in two places: a session variable and a file that must have each line exactly once.

The brain is a function of the request alone. On an UNKNOWN outcome it looks at both places before it acts, as a
careful model would; a step that is done twice, or a variable that is lost, shows in the answer.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from farside.messages import Message, ToolCall
from farside.testkit.brains import squares
from farside.testkit.http import Body

STEP = """\
with open('log.txt', 'a') as log:
    log.write('{k}\\n')
total = {before} + {k} * {k}
print('step', {k}, 'total', total)"""
PROBE = """\
lines = open('log.txt').read().split() if __import__('os').path.exists('log.txt') else ['0']
print('probe', lines[-1], 'total', globals().get('total', 0))"""
MEND = """\
total = {before} + {k} * {k}
print('step', {k}, 'total', total)"""
SAID = re.compile(r"(step|probe) (\d+) total (\d+)")


@dataclass(frozen=True, slots=True)
class Tally:
    """Adds up the squares to n, a step each, one line in log.txt for each."""

    n: int
    code: bool = False
    """Speak the `code` dialect: fenced blocks instead of calls."""

    def __call__(self, body: Body) -> Message:
        """Return the next cell, or the answer."""
        outputs = [text for text in map(self._output, body["messages"]) if text is not None]
        said = [SAID.search(text) for text in outputs]
        done = max((int(found[2]) for found in said if found and found[1] == "step"), default=0)
        if done == self.n:
            return Message("assistant", f"the total is {self._total(said)}", "All steps are done.")
        return self._cell(done + 1, self._next(done, outputs[-1], said[-1]) if outputs else STEP)

    def _next(self, done: int, last: str, said: re.Match[str] | None) -> str:
        if "UNKNOWN" in last:
            return PROBE
        written = said is not None and said[1] == "probe" and int(said[2]) == done + 1
        return MEND if written else STEP

    def _total(self, said: list[re.Match[str] | None]) -> str:
        return next(found[3] for found in reversed(said) if found)

    def _output(self, message: dict[str, Any]) -> str | None:
        """Return the text of a cell's outcome; other messages are None."""
        content = str(message.get("content", ""))
        if self.code:
            return content if message["role"] == "user" and content.startswith("Output:") else None
        return content if message["role"] == "tool" and message.get("name") == "python" else None

    def _cell(self, k: int, template: str) -> Message:
        source = template.format(k=k, before="total" if k > 1 else "0")
        if self.code:
            return Message("assistant", f"Step {k}.\n```python\n{source}\n```")
        calls = [ToolCall("", "python", json.dumps({"code": source}))]
        if k % 3 == 0:
            calls.append(ToolCall("", "list_files", '{"path": "."}'))
        return Message("assistant", "", f"Step {k} is next.", tuple(calls))

    @property
    def answer(self) -> str:
        """What must come out."""
        return f"the total is {squares(self.n)}"
