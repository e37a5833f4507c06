"""From a complete draft to the Reply, or to the fault that it is."""

from __future__ import annotations

import json
from dataclasses import replace

from farside.messages import Finish, Message, Reply, Request, ToolCall
from farside.models.base import Unusable
from farside.models.openai_wire.arguments import mend
from farside.models.openai_wire.patience import Passing
from farside.models.openai_wire.salvage import Salvaged, salvage
from farside.models.openai_wire.stream import Draft
from farside.models.openai_wire.usage import read_usage

_TRIES = 5
"""How often a request is sent that brings unusable replies: each one is billed."""


def finish(draft: Draft, request: Request, sent: int) -> Reply:
    """Assemble a draft whose stream ended; `sent` is the size of the request in bytes.

    Raises:
        Passing: nothing usable came (nothing at all, or only thinking).
    """
    names = [tool.name for tool in request.tools]
    saved = salvage("".join(draft.thinking), "".join(draft.text), names)
    native = tuple(ToolCall(call.id, call.name, "".join(call.arguments)) for call in draft.calls)
    length = draft.finish == "length"
    calls, repairs = _mended(native or saved.calls, cut=length or (saved.cut and not native))
    message = Message("assistant", saved.text, saved.thinking, calls, details=_details(draft))
    usage, oddity = read_usage(draft.usage, sent, _size(message))
    anomalies = (*saved.anomalies, *repairs, *filter(None, [oddity]))
    if not saved.text.strip() and not calls:
        raise _unusable(saved, length, Reply(message, usage, "stop"))
    reason: Finish = "length" if length else "calls" if calls else "stop"
    return Reply(message, usage, reason, draft.model, anomalies)


def _mended(calls: tuple[ToolCall, ...], cut: bool) -> tuple[tuple[ToolCall, ...], list[str]]:
    """Mend the arguments of all calls, but never the last one of a reply that was cut: it is half a call."""
    mended, anomalies = [], []
    for position, call in enumerate(calls):
        arguments, repaired = call.arguments, False
        if not (cut and position == len(calls) - 1):
            arguments, repaired = mend(call.arguments)
        if repaired:
            anomalies.append(f"the arguments of {call.name} were repaired")
        mended.append(replace(call, arguments=arguments))
    return tuple(mended), anomalies


def _unusable(saved: Salvaged, length: bool, reply: Reply) -> Passing:
    if not saved.thinking:
        error = Unusable("The model's reply was empty.", "try again, or another model: farside resume RUN --model M")
    elif length:
        error = Unusable(
            "The model used all its tokens for thinking.", "raise the room for a reply: --max-thinking N"
        )
    else:
        error = Unusable("The model only thought and neither answered nor called a tool.", "farside resume RUN")
    error.wasted = reply.usage
    return Passing(error, tries=_TRIES)


def _details(draft: Draft) -> str:
    return json.dumps(draft.details, ensure_ascii=False) if draft.details else ""


def _size(message: Message) -> int:
    spoken = [message.text, message.thinking, *(call.name + call.arguments for call in message.calls)]
    return sum(len(piece.encode("utf-8", "replace")) for piece in spoken)
