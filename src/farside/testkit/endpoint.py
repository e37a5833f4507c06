"""A loopback peer of the OpenAI-compatible wire, as fast as sockets go, strict where told.

Who does not ask for a stream gets a whole reply, which meets no faults.

    with Endpoint(Counting(300), rules=moonshot) as endpoint:
        open_model("moonshot/kimi-k2.6", base_url=endpoint.base_url)

As a process it prints its base URL on the first line: `python -m farside.testkit.endpoint --brain counting:300`.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Self

from farside.messages import Message, Usage
from farside.testkit.brains import Brain, brain_named
from farside.testkit.chaos import Chaos, Fault
from farside.testkit.http import STREAM_END, STREAM_HEAD, Asked, Body, chunks, json_answer, read_request
from farside.testkit.prefix_cache import PrefixCache
from farside.testkit.rules import BYTES_PER_TOKEN, RULES, Rules, too_long
from farside.testkit.sse import Dialect, stream, usage_of, whole

_STALL_S = 600.0
_ROOM = 4 << 20
_MODEL = "loopback"
_STREAMED = re.compile(rb'"stream": ?true')


@dataclass(slots=True)
class Seen:
    """What the endpoint met so far."""

    requests: int = 0
    violations: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    last: bytes = b""
    """The last request's body."""
    billed: Usage = field(default_factory=Usage)
    """All replies together."""
    longest: int = 0
    """Tokens of the longest prompt."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out for one request, and what then becomes of the connection."""

    data: bytes
    then: Literal["keep", "close", "stall"] = "keep"


class Endpoint:
    """The peer; as a context manager it serves from threads of this process."""

    def __init__(
        self,
        brain: Brain,
        *,
        rules: Rules | None = None,
        chaos: Chaos | None = None,
        dialect: Dialect | None = None,
        window: int | None = None,
        cache: PrefixCache | None = None,
        retry_after: str = "0",
        log: Path | None = None,
        port: int = 0,
    ) -> None:
        """Listen at once. `window` counts tokens of four bytes; `retry_after` is the header of a 429.

        Prompts are counted by `cache`; without one, quickly: the body, and what the one before has in common with it.
        """
        self.seen = Seen()
        self._brain, self._rules, self._chaos = brain, rules, chaos
        self._dialect, self._window, self._retry_after = dialect or Dialect(), window, retry_after
        self._cache, self._log = cache, log
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)  # a body arrives without a stop
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in tuple(self._connections):
            with suppress(OSError):  # the client or its thread may have closed it a moment ago
                connection.shutdown(socket.SHUT_RDWR)

    def serve(self) -> None:
        """Accept connections until the listener is closed."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        self._connections.add(connection)
        try:
            with connection:
                while asked := read_request(connection):
                    answer = self._answer(asked)
                    connection.sendall(answer.data)
                    if answer.then == "stall":
                        connection.settimeout(_STALL_S)
                        connection.recv(1)  # returns when the client gives up
                    if answer.then != "keep":
                        return
        except OSError:
            return  # the client went away: that is its right
        finally:
            self._connections.discard(connection)

    def _answer(self, asked: Asked) -> Answer:
        if asked.path.endswith("/chat/completions") and asked.method == "POST":
            with self._lock:
                return self._chat(asked.body)
        if asked.path.endswith("/models"):
            return Answer(json_answer(200, {"object": "list", "data": [{"id": _MODEL, "object": "model"}]}))
        return Answer(json_answer(404, {"error": {"message": f"no route {asked.path}"}}))

    def _chat(self, raw: bytes) -> Answer:
        body = Body(raw)
        sizes = self._cache.meet(body) if self._cache else (len(raw), _common(self.seen.last, raw))
        prompt, cached = (size // BYTES_PER_TOKEN for size in sizes)
        self.seen.requests += 1
        self.seen.longest = max(self.seen.longest, prompt)
        self.seen.last = raw
        refused = self._refused(body, prompt)
        if refused:
            self._write_log(body, refused=refused)
            return Answer(json_answer(400, {"error": {"type": "invalid_request_error", "message": refused}}))
        reply = _with_ids(self._brain(body), body)
        fault = self._chaos.draw(reply) if self._chaos else None
        if fault:
            self.seen.faults.append(fault)
        self._write_log(body, fault=fault)
        output = max(1, _size(reply) // BYTES_PER_TOKEN)
        self.seen.billed += Usage(prompt, cached, output)
        usage = usage_of(prompt, cached, output, self._dialect)
        if _STREAMED.search(raw):
            return self._spoken(reply, fault, usage)
        return Answer(json_answer(200, whole(reply, usage, _MODEL, self._dialect)))

    def _refused(self, body: Body, prompt: int) -> str:
        violations = list(self._rules(body)) if self._rules else []
        self.seen.violations += violations
        return violations[0] if violations else too_long(body, prompt, self._window) if self._window else ""

    def _spoken(self, reply: Message, fault: Fault | None, usage: dict[str, object]) -> Answer:
        if fault is Fault.THROTTLED:
            error = {"type": "rate_limit_reached_error", "message": "max RPM reached, please try again"}
            return Answer(json_answer(429, {"error": error}, {"Retry-After": self._retry_after}))
        if fault is Fault.BROKEN_SERVER:
            return Answer(json_answer(500, {"error": {"type": "server_error", "message": "internal error"}}))
        if self._chaos:
            reply = self._chaos.spoil(fault, reply)
            usage = self._chaos.wrong_usage(usage) if fault is Fault.WRONG_USAGE else usage
        events = stream(reply, usage, _MODEL, self._dialect)
        if fault in (Fault.CUT, Fault.STALL):
            half = STREAM_HEAD + chunks(events[: len(events) // 2])
            return Answer(half, "stall" if fault is Fault.STALL else "close")
        return Answer(STREAM_HEAD + chunks(events) + STREAM_END)

    def _write_log(self, body: Body, **facts: object) -> None:
        if self._log:
            with self._log.open("a", encoding="utf-8") as log:
                log.write(json.dumps({"request": self.seen.requests, **facts, "body": dict(body)}) + "\n")


def _common(before: bytes, now: bytes) -> int:
    """Return how many bytes two bodies share from their messages on: what a prefix cache would hold."""
    start, end = before.find(b'"messages"'), before.rfind(b'],"tools"')
    first, second = before[start : end if end > 0 else len(before) - 2], now[now.find(b'"messages"') :]
    if second.startswith(first):
        return len(first)  # the conversation only grew
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if first[low:middle] == second[low:middle] else (low, middle - 1)
    return low


def _with_ids(reply: Message, body: Body) -> Message:
    """Fill in ids that the brain left empty, as the Kimi family counts them."""
    if all(call.id for call in reply.calls):
        return reply
    before = sum(len(message.get("tool_calls") or ()) for message in body["messages"])
    calls = [
        replace(call, id=call.id or f"functions.{call.name}:{before + place}")
        for place, call in enumerate(reply.calls)
    ]
    return replace(reply, calls=tuple(calls))


def _size(reply: Message) -> int:
    return len(reply.text) + len(reply.thinking) + sum(len(call.name + call.arguments) for call in reply.calls)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m farside.testkit.endpoint", description=__doc__)
    parser.add_argument("--brain", default="counting:10", help="counting:N or repeating:N")
    parser.add_argument("--tool", default="", help="the tool that the brain calls")
    parser.add_argument("--arguments", default="", help="JSON text of its arguments, with {step} and {total}")
    parser.add_argument("--rules", choices=[*RULES, "none"], default="none", help="what is rejected")
    parser.add_argument("--chaos-rate", type=float, default=0.0, help="share of requests with a fault")
    parser.add_argument("--chaos-seed", type=int, default=0)
    parser.add_argument("--chaos-kinds", nargs="+", type=Fault, default=list(Fault), choices=list(Fault))
    parser.add_argument("--window", type=int, help="tokens of four bytes; above it: 400, context too long")
    parser.add_argument("--retry-after", default="0", help="header of a 429: seconds or an HTTP date")
    parser.add_argument("--log", type=Path, help="append each request to this file, a JSON object a line")
    parser.add_argument("--port", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Serve until killed."""
    given = _arguments()
    endpoint = Endpoint(
        brain_named(given.brain, given.tool, given.arguments),
        rules=RULES.get(given.rules),
        chaos=Chaos(given.chaos_seed, given.chaos_rate, given.chaos_kinds) if given.chaos_rate else None,
        window=given.window,
        retry_after=given.retry_after,
        log=given.log,
        port=given.port,
    )
    print(endpoint.base_url, flush=True)
    endpoint.serve()


if __name__ == "__main__":
    main()
