"""A loopback chat/completions server that answers at once: one tool call a request, then the end.

The reply depends on the number of the request alone, and is sent as one write with TCP_NODELAY, streamed or whole as
the peer asks. The tool that is called is the first that the peer offers.
"""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

THINKING = "The parts before this one brought nothing new, so I look at the next one and compare it with them. " * 2
ANSWER = "Everything was looked at."


class InstantEndpoint:
    """The server, for one run of `steps` tool calls. A context manager."""

    def __init__(self, steps: int) -> None:
        self.requests = 0
        self._steps = steps
        self._tools: dict[str, dict[str, Any]] = {}
        self._streams = False
        endpoint = self

        class Handler(_Handler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(endpoint.streamed() if endpoint.learn(body) else endpoint.whole(), endpoint._streams)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def learn(self, body: bytes) -> bool:
        """Count a request, read tools and wishes off the first one, and say whether the reply is streamed."""
        if not self.requests:
            request = json.loads(body)
            self._tools = {tool["function"]["name"]: tool["function"]["parameters"] for tool in request["tools"]}
            self._streams = bool(request.get("stream"))
        self.requests += 1
        return self._streams

    def message(self) -> dict[str, Any]:
        """Return the assistant message that answers the latest request."""
        number = self.requests
        if number <= self._steps:
            name, schema = next(iter(self._tools.items()))
            values = {key: number if kind.get("type") == "integer" else str(number) for key, kind in _own(schema)}
        elif "bash" in self._tools:
            name, values = "bash", {"command": "finish"}
        elif "final_answer" in self._tools:
            name, values = "final_answer", {"answer": ANSWER}
        else:
            return {"role": "assistant", "content": ANSWER}
        function = {"name": name, "arguments": json.dumps(values)}
        call = {"id": f"call_{number}", "type": "function", "function": function}
        return {"role": "assistant", "content": "", "reasoning_content": THINKING, "tool_calls": [call]}

    def whole(self) -> bytes:
        """Return the reply as one JSON object."""
        return json.dumps(self._reply("chat.completion", "message", self.message())).encode()

    def streamed(self) -> bytes:
        """Return the reply as server-sent events: thinking in 16 pieces, then the call or text, usage, the end."""
        message = self.message()
        thinking = message.pop("reasoning_content", "")
        width = -(-len(thinking) // 16) or 1
        pieces = [{"reasoning_content": thinking[at : at + width]} for at in range(0, len(thinking), width)]
        for call in message.get("tool_calls", []):
            call["index"] = 0
        chunks = [self._reply("chat.completion.chunk", "delta", delta) for delta in (*pieces, message)]
        for chunk in chunks[:-1]:
            chunk["choices"][0]["finish_reason"] = None
            del chunk["usage"]
        return b"".join(b"data: %s\n\n" % json.dumps(chunk).encode() for chunk in chunks) + b"data: [DONE]\n\n"

    def _reply(self, kind: str, field: str, message: dict[str, Any]) -> dict[str, Any]:
        finish = "tool_calls" if self.requests <= self._steps or "tool_calls" in message else "stop"
        return {
            "id": f"reply-{self.requests}",
            "object": kind,
            "created": 1,
            "model": "instant",
            "choices": [{"index": 0, field: message, "finish_reason": finish}],
            "usage": {"prompt_tokens": 300 * self.requests, "completion_tokens": 60, "total_tokens": 60},
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def answer(self, body: bytes, streams: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if streams else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a line a request would be timed too."""


def _own(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return list(schema["properties"].items())
