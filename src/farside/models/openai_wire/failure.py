"""From a refusal of the peer (status, headers, body) to the ModelError that names it."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from farside.models.base import ContextTooLong, ModelError, QuotaSpent, Refused, Rejected, Unreachable
from farside.models.openai_wire.patience import Passing
from farside.models.secret import Secret

_ADDRESS = re.compile(r"https?://\S+")
_QUOTA = re.compile(
    r"quota|insufficient|balance|credit|recharge|suspended|usage limit|per[- ]day|\bTPD\b", re.IGNORECASE
)
_TOO_LONG = re.compile(
    r"model token limit|maximum context length|context[_ ](?:length|size|window)|maximum model length"
    r"|model max length|prompt is too long|input (?:token )?length",
    re.IGNORECASE,
)
_REPLY_TOO_LONG = "less than or equal"
"""A cap on max_tokens alone (`must be less than or equal to N`) may name the window too."""
_LIMITS = (
    re.compile(r"(?:token limit|context (?:length|size|window)|model length|max length)\D{0,20}?(\d[\d,]{2,})", re.I),
    re.compile(r"(\d[\d,]{2,})(?: tokens?)? (?:maximum|max)\b", re.I),
)
_PASSING = frozenset({408, 409, 425, 429})
_SOON_S = 600.0
"""A peer that asks to come back later than this has not throttled us: a quota is spent."""
_FAR_S = 7 * 86_400.0
"""No peer is believed to reset later than this: asking again a week from now costs nothing."""
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Peer:
    """Who refused, and what the user can change about it."""

    name: str
    """`provider/model`, as the user names it."""
    url: str
    key_name: str
    """The environment variable that holds its key; "" where it needs none."""
    key: Secret
    """Cut out of whatever the peer says."""


def failure(peer: Peer, status: int, headers: Mapping[str, str], body: bytes) -> ModelError | Passing:
    """Name what happened: a ModelError to raise at once, or a Passing after which to ask again."""
    error = _error(body)
    said = _said(error, peer, body)
    facts = _ADDRESS.sub("", f"{said} {error.get('type') or ''} {error.get('code') or ''}")
    wait = retry_after(headers)
    if _is_quota(status, facts, wait):
        return QuotaSpent(
            f"{peer.name}: the quota or balance is used up (HTTP {status}: {said}).",
            "top up the account, or wait until the quota resets, then: farside resume RUN",
            wake_at=_reset_at(headers),
        )
    if status in (401, 403):
        return _refused(peer, status)
    if status in _PASSING or status >= 500:
        final = Unreachable(f"{peer.name}: HTTP {status} ({said}).", "try again later: farside resume RUN")
        return Passing(final, wait)
    if status in (400, 413, 422) and _TOO_LONG.search(facts) and _REPLY_TOO_LONG not in facts:
        message = f"{peer.name}: the request exceeds the model's window ({said})."
        return ContextTooLong(message, limit=_limit(error, said))
    return _rejected(peer, status, said)


def _is_quota(status: int, facts: str, wait: float | None) -> bool:
    """Tell a spent quota from throttling: by the words, and by how long the peer asks to wait."""
    if status == 429 and wait is not None:
        return wait > _SOON_S
    return status == 402 or (status in (403, 429) and _QUOTA.search(facts) is not None)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After (seconds or an HTTP date) as seconds from now, a week at most; None where it is nonsense."""
    text = headers.get("retry-after", "").strip()
    try:
        wait = float(text)
    except ValueError:
        try:
            wait = parsedate_to_datetime(text).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return min(max(wait, 0.0), _FAR_S) if math.isfinite(wait) else None


def _refused(peer: Peer, status: int) -> Refused:
    step = f"check the key: export {peer.key_name}=… (or its entry in the config file)"
    return Refused(
        f"{peer.url} does not accept the key for {peer.name} (HTTP {status}).",
        step if peer.key_name else "this server wants a key: set one under [keys] in the config file",
    )


def _rejected(peer: Peer, status: int, said: str) -> Rejected:
    if status == 404:
        return Rejected(
            f"{peer.url} does not know {peer.name} (HTTP 404: {said}).",
            "check the model's name and the base URL: farside models",
        )
    if 300 <= status < 400:
        return Rejected(f"{peer.url} redirects elsewhere (HTTP {status}).", "give the final address with --base-url")
    return Rejected(
        f"{peer.name} rejects the request (HTTP {status}: {said}).",
        f"see what this endpoint keeps of the protocol: farside check {peer.name}",
    )


def _error(body: bytes) -> dict[str, Any]:
    """Return the error object: peers nest it under `error`, put it at the top, or send plain text."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if isinstance(parsed, list) and parsed:
        parsed = parsed[0]
    inner = parsed.get("error", parsed) if isinstance(parsed, dict) else {}
    return inner if isinstance(inner, dict) else {"message": str(inner)}


def _said(error: dict[str, Any], peer: Peer, body: bytes) -> str:
    said = error.get("message") or error.get("detail") or body.decode("utf-8", "replace")
    said = peer.key.cut_from(" ".join(str(said).split()))
    return (said[:_SHOWN] + "…" if len(said) > _SHOWN else said) or "no reason given"


def _limit(error: dict[str, Any], said: str) -> int | None:
    if isinstance(error.get("n_ctx"), int):  # llama.cpp's server
        return int(error["n_ctx"])
    for pattern in _LIMITS:
        if found := pattern.search(said):
            return int(found[1].replace(",", ""))
    return None


def _reset_at(headers: Mapping[str, str]) -> float | None:
    wait = retry_after(headers)
    if wait is not None:
        return time.time() + wait
    text = headers.get("x-ratelimit-reset", "")
    if not (text.isascii() and text.isdigit()):
        return None
    at = float(text) / 1000 if len(text) > 11 else float(text)  # OpenRouter says milliseconds
    return min(at, time.time() + _FAR_S) if at > time.time() else None
