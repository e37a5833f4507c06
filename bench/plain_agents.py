"""The two plain agents that farside is held against: nothing is ever left out, and compaction near the window.

Compaction is what kimi-cli does by default: at 85% of the window, or when 50,000 tokens are left of it, a request of
its own has all but the last two messages of user and assistant summed up, thinking left out; the summary takes their
place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from bench.parts import GOAL

Said = dict[str, Any]
SYSTEM = "You work on one goal until it is reached, with the tools you are given."
LOOK = {
    "type": "function",
    "function": {
        "name": "look",
        "description": "Look at one part of the data.",
        "parameters": {"type": "object", "properties": {"part": {"type": "integer"}}, "required": ["part"]},
    },
}
SHARE = 0.85
RESERVED = 50_000
KEPT = 2
ASKED = "Sum up the conversation above, so that the work can go on from it alone: goal, state, what was found."


class PlainAgent:
    """An agent loop over the wire, without streaming. `window` None: nothing is ever left out."""

    def __init__(self, base_url: str, look: Callable[[int], str], window: int | None) -> None:
        self._url, self._look, self._window = f"{base_url}/chat/completions", look, window
        self._client = httpx.Client(timeout=60, trust_env=False)
        self._messages: list[Said] = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": GOAL}]

    def run(self) -> None:
        """Work until a reply calls nothing."""
        tokens = 0
        with self._client:
            while True:
                if self._window and (tokens >= SHARE * self._window or tokens + RESERVED >= self._window):
                    self._compact()
                reply, tokens = self._ask(self._messages, [LOOK])
                self._messages.append(reply)
                if not reply.get("tool_calls"):
                    return
                for call in reply["tool_calls"]:
                    output = self._look(json.loads(call["function"]["arguments"])["part"])
                    self._messages.append({"role": "tool", "tool_call_id": call["id"], "content": output})
                    tokens += len(output) // 4

    def _ask(self, messages: list[Said], tools: list[Said]) -> tuple[Said, int]:
        """Return the reply, and the tokens of the conversation up to it."""
        body: Said = {"model": "kimi-k2-thinking", "messages": messages, **({"tools": tools} if tools else {})}
        answer = self._client.post(self._url, json=body).raise_for_status().json()
        return answer["choices"][0]["message"], answer["usage"]["total_tokens"]

    def _compact(self) -> None:
        """Put a summary in the place of all but the last messages."""
        spoken = [n for n, message in enumerate(self._messages) if message["role"] in ("user", "assistant")]
        kept = self._messages[spoken[-KEPT] :]
        old = "\n\n".join(_told(message) for message in self._messages[1 : spoken[-KEPT]])
        summary, _ = self._ask([{"role": "user", "content": f"{old}\n\n{ASKED}"}], [])
        said = {"role": "user", "content": f"Earlier steps were compacted:\n{summary['content']}"}
        self._messages = [self._messages[0], said, *kept]


def _told(message: Said) -> str:
    """Return a message as text, without what was thought."""
    calls = " ".join(json.dumps(call["function"]) for call in message.get("tool_calls", ()))
    return f"{message['role']}: {message.get('content') or ''} {calls}"
