"""What a reply was billed for, from wherever the peer puts it; an estimate where it says nothing or nonsense."""

from __future__ import annotations

from typing import Any

from farside.messages import Usage

BYTES_PER_TOKEN = 4


def read_usage(raw: object, sent: int, received: int) -> tuple[Usage, str]:
    """Return the usage and an anomaly ("" where there is none).

    `sent` and `received` are the sizes of request and reply in bytes. A token is at least one byte and a prompt holds
    no less than one token in 64 bytes, which is what a figure is checked against.
    """
    estimate = Usage(sent // BYTES_PER_TOKEN, 0, received // BYTES_PER_TOKEN)
    if not isinstance(raw, dict) or "prompt_tokens" not in raw:
        return estimate, "the peer reported no usage: estimated"
    usage = Usage(_count(raw.get("prompt_tokens")), _cached(raw), _count(raw.get("completion_tokens")))
    if not (sent // 64 <= usage.input <= sent and 0 <= usage.cached <= usage.input):
        return estimate, "the peer reported an impossible usage: estimated"
    if usage.output < 0 or (usage.output == 0 and received >= BYTES_PER_TOKEN):
        return estimate, "the peer reported an impossible usage: estimated"
    return usage, ""


def _cached(raw: dict[str, Any]) -> int:
    """Moonshot says it at the top level, others in the details."""
    details = raw.get("prompt_tokens_details")
    inside = details.get("cached_tokens") if isinstance(details, dict) else None
    return _count(raw.get("cached_tokens") or inside or 0)


def _count(value: object) -> int:
    """Return a count of tokens, -1 for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
