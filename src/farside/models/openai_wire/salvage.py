"""Calls that leaked as control tokens into the thinking or the text, and thinking that leaked into the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from farside.messages import ToolCall

# Both spellings occur: `tool_calls_section` (the template) and `tool_call_section` (some checkpoints).
_SECTION = re.compile(r"<\|tool_calls?_section_(?:begin|end)\|>")
_CALL = re.compile(
    r"<\|tool_call_begin\|>\s*(?P<id>.*?)\s*<\|tool_call_argument_begin\|>\s*(?P<arguments>.*?)\s*"
    r"(?P<end><\|tool_call_end\|>|(?=<\|tool_call_begin\|>)|(?=<\|tool_calls?_section_end\|>)|\Z)",
    re.DOTALL,
)
_MARK = re.compile(r"<\|tool_calls?_(?:section_begin|begin)\|>")
_LEFTOVER = re.compile(r"<\|tool_call_begin\|>.*|<\|tool_call(?:s?_section)?_\w+\|>", re.DOTALL)
_KIMI_ID = re.compile(r"(?:functions\.)?([\w\-.]+):\d+")


@dataclass(frozen=True, slots=True)
class Salvaged:
    """A reply after its leaks were put where they belong."""

    thinking: str
    text: str
    calls: tuple[ToolCall, ...] = ()
    """With arguments as written, not yet mended."""
    cut: bool = False
    """Whether a call broke off before its end."""
    anomalies: tuple[str, ...] = ()


def salvage(thinking: str, text: str, names: Iterable[str]) -> Salvaged:
    """Move leaked calls out of `thinking` and `text`; a call inside the thinking ends it.

    `names` are the tools on offer: without them nothing is a call, and control tokens are only dropped.
    """
    if not thinking:
        thinking, text = _split_thinking(text)
    leaks = [place for place, value in (("thinking", thinking), ("text", text)) if "<|tool_call" in value]
    if not leaks:
        return Salvaged(thinking, text)
    start = _MARK.search(thinking)
    rest = thinking[start.start() :] if start else ""
    thinking = _LEFTOVER.sub("", thinking[: start.start()] if start else thinking).rstrip().removesuffix("</think>")
    calls, text, cut = _calls(rest.replace("</think>", "") + text, tuple(names))
    found = f"{len(calls)} call(s) salvaged from" if calls else "call tokens without a usable call dropped from"
    return Salvaged(thinking, text, calls, cut, (f"{found} the {' and the '.join(leaks)}",))


def _split_thinking(text: str) -> tuple[str, str]:
    """Undo a server without a reasoning parser: `<think>…</think>answer`, the first tag often missing."""
    head, tag, tail = text.partition("</think>")
    if tag:
        return head.strip().removeprefix("<think>").strip(), tail.lstrip()
    if text.lstrip().startswith("<think>"):
        return text.lstrip().removeprefix("<think>").strip(), ""
    return "", text


def _calls(text: str, names: tuple[str, ...]) -> tuple[tuple[ToolCall, ...], str, bool]:
    """Return (calls, the text around them, whether one was cut off)."""
    matches = list(_CALL.finditer(text)) if names else []
    calls = tuple(ToolCall(match["id"], _name(match["id"], names), match["arguments"]) for match in matches)
    rest = _SECTION.sub("", _CALL.sub("", text))
    cut = "<|tool_call_begin|>" in rest or bool(matches and not matches[-1]["end"])
    return calls, _LEFTOVER.sub("", rest).strip(), cut


def _name(call_id: str, names: tuple[str, ...]) -> str:
    """Return the tool that an id names: the Kimi form, else the longest offered name inside a foreign id."""
    kimi = _KIMI_ID.fullmatch(call_id)
    if kimi:
        return kimi[1]
    inside = [name for name in names if name in call_id]
    return max(inside, key=len, default=call_id)
