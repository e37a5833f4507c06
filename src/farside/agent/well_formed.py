"""Text that every encoder takes: a lone surrogate (half of a broken character) becomes a question mark. Pure."""

from __future__ import annotations

from dataclasses import replace

from farside.messages import Message


def well_formed(text: str) -> str:
    """Return `text` with nothing in it that UTF-8 cannot hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def well_formed_message(message: Message) -> Message:
    """Return the message with all its texts well formed."""
    calls = tuple(
        replace(call, name=well_formed(call.name), arguments=well_formed(call.arguments)) for call in message.calls
    )
    return replace(
        message,
        text=well_formed(message.text),
        thinking=well_formed(message.thinking),
        details=well_formed(message.details),
        calls=calls,
    )
