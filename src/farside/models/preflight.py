"""`farside check`: does an endpoint keep the protocol of a long run? A few short questions, each a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from farside.config import config_path
from farside.messages import Message, Part, Reply, Request, ToolSpec
from farside.models.base import ContextTooLong, Model, ModelError, Rejected
from farside.models.ids import kimi_ids

Grade = Literal["ok", "warn", "fail"]

_ROOM = 4096
"""Tokens of one reply: enough for a thinking model to say one word."""
_BALLAST = "farside checks that a prompt's beginning is cached. " * 120
"""Providers cache prefixes from about a thousand tokens on."""

_LOOK_UP = ToolSpec(
    "look_up_weather",
    "Tells the weather of one city.",
    '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}',
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one question showed."""

    name: str
    grade: Grade
    sentence: str
    corrections: Mapping[str, object] = field(default_factory=dict)
    """Fields of the Profile that this finding corrects."""


def check(model: Model) -> Iterator[Finding]:
    """Ask and yield each finding as it comes; where no reply comes at all, the first one is the last.

    A request that the peer refuses is a finding, never an exception.
    """
    asked, expected = _Checked(model), model.profile.reasoning
    first = asked.ask("reachable", _greeting())
    if first is None:
        yield asked.finding
        return
    yield Finding("reachable", "ok", f"{model.profile.name} answers as {first.model or 'a model without a name'}")
    yield _streamed(asked.pieces)
    yield _usage(first)
    yield from _tool_questions(asked)
    yield _field(expected, model.profile.reasoning)
    yield _cached(asked)


def corrections(findings: list[Finding], base_url: str | None = None) -> dict[str, object]:
    """Return the fields of the Profile that the findings correct, for `remember_profile`.

    What is remembered goes by the model's name alone, so a server that was named by `base_url` teaches nothing: its
    findings are no truth about the provider's own.
    """
    if base_url:
        return {}
    return {name: value for finding in findings for name, value in finding.corrections.items()}


class _Checked:
    """A model under question: a refusal becomes the finding of the question that met it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.pieces: list[Part] = []
        self.finding = Finding("", "ok", "")

    def ask(self, name: str, request: Request, advice: str = "") -> Reply | None:
        """Return the reply, or None with the reason in `finding`; `advice` is for a rejection of another reason."""
        self.pieces = []
        try:
            return self.model.reply(request, self.pieces.append, lambda _: None)
        except ContextTooLong as error:
            taught = {"window": error.limit} if error.limit else {}
            self.finding = Finding(name, "fail", str(error), taught)
        except Rejected as error:
            if "max_completion_tokens" in str(error):
                self.finding = Finding(name, "fail", str(error), {"max_tokens_field": "max_completion_tokens"})
            else:
                self.finding = Finding(name, "fail", f"{error} {advice}".strip())
        except ModelError as error:
            self.finding = Finding(name, "fail", f"{error} {error.next_step}".strip())
        return None


def _greeting() -> Request:
    return Request((Message("user", "Answer with the one word: ready"),), max_tokens=_ROOM)


def _streamed(pieces: list[Part]) -> Finding:
    if len(pieces) > 1:
        return Finding("stream", "ok", f"the reply came in {len(pieces)} pieces")
    return Finding("stream", "warn", "the reply came in one piece: the live view will jump")


def _usage(reply: Reply) -> Finding:
    wrong = [anomaly for anomaly in reply.anomalies if "usage" in anomaly]
    if wrong:
        return Finding("usage", "warn", f"{wrong[0]}; budgets will be approximate")
    return Finding("usage", "ok", f"{reply.usage.input} tokens in, {reply.usage.output} out: plausible")


def _tool_questions(asked: _Checked) -> Iterator[Finding]:
    question = Message("user", "Look up the weather of Oslo and of Lima with the tool, then say where it is warmer.")
    request, advice = Request((question,), (_LOOK_UP,), max_tokens=_ROOM), _code_advice(asked.model)
    reply = asked.ask("tool call", request, advice)
    again = reply is not None and not reply.message.calls  # once may be chance
    if again:
        reply = asked.ask("tool call", request, advice)
    if reply is None:
        yield asked.finding
        return
    yield _called(reply, again, advice)
    if not reply.message.calls:
        return
    yield _parallel(reply)
    yield _ids(asked.model, reply)
    yield from _round_trip(asked, question, reply)


def _code_advice(model: Model) -> str:
    """The dialect is the user's to choose: a few replies are too little to turn a model's way of working over."""
    line = f'profiles."{model.profile.name}".tools = "code"'
    return f"If that stays so, it is better used with tools = code: write at the top of {config_path()} {line}"


def _called(reply: Reply, again: bool, advice: str) -> Finding:
    if not reply.message.calls:
        return Finding("tool call", "fail", f"no tool was called, though asked for twice. {advice}")
    if any(call.name != _LOOK_UP.name for call in reply.message.calls):
        return Finding("tool call", "fail", f"a tool that does not exist was called: {reply.message.calls[0].name}")
    if reply.anomalies:
        return Finding("tool call", "warn", f"the call had to be repaired: {'; '.join(reply.anomalies)}")
    if again:
        return Finding("tool call", "warn", "a tool call came back parsed, but only when asked a second time")
    return Finding("tool call", "ok", "a tool call came back parsed")


def _parallel(reply: Reply) -> Finding:
    count = len(reply.message.calls)
    if count > 1:
        return Finding("parallel calls", "ok", f"{count} calls came in one reply")
    return Finding("parallel calls", "warn", "one call a reply: work that could go side by side takes more steps")


def _ids(model: Model, reply: Reply) -> Finding:
    ids = [call.id for call in reply.message.calls]
    if model.profile.ids != "kimi":
        return Finding("call ids", "ok", f"ids look like {ids[0]!r}")
    if all(call.id.startswith(f"functions.{call.name}:") for call in reply.message.calls):
        return Finding("call ids", "ok", "ids have the form that the Kimi family was trained on")
    return Finding("call ids", "warn", f"ids look like {ids[0]!r}: farside sends functions.<name>:<idx> all the same")


def _round_trip(asked: _Checked, question: Message, reply: Reply) -> Iterator[Finding]:
    """Send thinking, calls and results back; then the same with an empty thinking."""
    results = [Message("tool", "12 degrees", call_id=call.id, name=call.name) for call in reply.message.calls]
    for name, message in (("thinking back", reply.message), ("empty thinking", replace(reply.message, thinking=""))):
        messages = kimi_ids((question, message, *results))
        answer = asked.ask(name, Request(messages, (_LOOK_UP,), max_tokens=_ROOM))
        if answer is None:
            yield asked.finding
        elif name == "thinking back" and not message.thinking:
            yield Finding(name, "warn", "the model showed no thinking, so none could be sent back")
        else:
            yield Finding(name, "ok", "accepted beside a call and its result")


def _field(expected: str, spoken: str) -> Finding:
    if spoken == expected:
        return Finding("thinking field", "ok", f"thinking goes in and out as {spoken!r}")
    return Finding("thinking field", "warn", f"thinking comes as {spoken!r}, not {expected!r}", {"reasoning": spoken})


def _cached(asked: _Checked) -> Finding:
    messages = (Message("system", _BALLAST), Message("user", "Answer with the one word: ready"))
    request = Request(messages, max_tokens=_ROOM, cache_key="farside-check")
    replies = [asked.ask("cache", request) for _ in range(2)]
    if replies[1] is None:
        return replace(asked.finding, grade="warn")
    if replies[1].usage.cached:
        return Finding("cache", "ok", f"{replies[1].usage.cached} of {replies[1].usage.input} tokens were cached")
    return Finding(
        "cache", "warn", "no cached tokens were reported: a long run may pay for its whole prompt each step"
    )
