"""Outputs are capped at the source: the model sees head and tail, the whole stays within reach of recall. Pure."""

from __future__ import annotations

HEAD_SHARE = 0.7


def capped(text: str, cap: int, handle: str) -> str:
    """Return `text`, or its head and tail of about `cap` characters with a line that says what lies between."""
    if len(text) <= cap:
        return text
    head = text[: int(cap * HEAD_SHARE)]
    tail = text[len(text) - (cap - len(head)) :]
    between = len(text) - len(head) - len(tail)
    return f'{head}\n[… {between} of {len(text)} characters not shown; recall("{handle}") has all …]\n{tail}'
